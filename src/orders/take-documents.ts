import type { Actor } from '../companies/actor.js';
import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { findChildrenByReference, lockDocuments } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { wakeAll } from '../documents/wake-effects.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import { documentNoun, documentPath } from '../logicbroker/document-types.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import { findUnsettled, type Unsettled } from '../sync/effects/unsettled-effects.js';
import { findOrders } from './find-order.js';
import { lockOrdersByDocuments, readOrderRecords } from './order-store.js';
import { markHanded } from './piece-store.js';
import { byDocument } from './render-orders.js';
import { checkReplaceable, numberIsTaken } from './same-number.js';
import { storeHeads, type Decided } from './store-heads.js';
import type {
  Asked,
  FindTwin,
  LockedOrder,
  NamesOrder,
  Refused,
  Sender,
  SentItem,
  SentRequest,
  TakeDeps,
  TakenKey,
  TakeResult,
  Taking,
} from './taking.js';

/**
 * Takes documents of one kind from outside, however many: each is stored and on its way in one transaction for all of
 * them, or refused with nothing left behind; one that is refused keeps no other out. Sent again with the same number and
 * content it is the same document, so a caller without an answer may simply repeat. Of the same order the documents are taken
 * in the order of the requests. The number of statements does not depend on how many there are, but on how many one order has.
 *
 * What our own data can decide is refused here; what TikTok decides shows on the document.
 * @returns for each request in its order
 */
export async function takeAll<Input extends NamesOrder, Plan, Facts>(
  deps: TakeDeps,
  taking: Taking<Input, Plan, Facts>,
  { companyId, by }: Sender,
  requests: readonly SentRequest[],
): Promise<TakeResult[]> {
  const read = await readAll(deps, taking, companyId, requests);
  const items = read.flatMap((each) => ('hash' in each ? [each] : []));
  const { results, wake } =
    items.length === 0
      ? { results: [], wake: [] }
      : await deps.db.transaction((tx) => takeDocuments(tx, { ...deps, by }, taking, items));
  wakeAll(deps, wake);
  const taken = results.values();
  return read.map((each) => ('hash' in each ? taken.next().value! : each));
}

/** The same for a caller who sends one. @throws AppError not-found, invalid-document (with field paths) or rule-violated */
export async function takeOne<Input extends NamesOrder, Plan, Facts>(
  deps: TakeDeps,
  taking: Taking<Input, Plan, Facts>,
  sender: Sender,
  request: SentRequest,
): Promise<TakenKey> {
  const [result] = await takeAll(deps, taking, sender, [request]);
  if (!result) throw new Error('A document was neither taken nor refused');
  if ('error' in result) throw result.error;
  return result;
}

/**
 * Takes documents of one company in the caller's transaction. Several for one order are taken one after the other, so that
 * each sees what the ones before it did; of different orders all go in a few statements.
 * @returns for each item in its order; outbox entries to wake after the commit
 */
async function takeDocuments<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  { clock, by }: { clock: Clock; by: Actor },
  taking: Taking<Input, Plan, Facts>,
  items: readonly SentItem<Input>[],
): Promise<{ results: TakeResult[]; wake: bigint[] }> {
  const results = new Map<SentItem<Input>, TakeResult>();
  const wake: bigint[] = [];
  const companyId = items[0]?.companyId ?? 0;
  // All orders at once, in the order that keeps writers of many apart.
  await lockOrdersByDocuments(tx, { companyId, documentKeys: orderKeysOf(items) });
  for (const round of roundsOf(items)) {
    const decided = await decideRound(tx, taking, round, { results, now: clock.now() });
    const taken = await storeHeads(tx, taking, decided, { by, now: clock.now() });
    for (const { item, head, replaces } of taken) {
      const remarks = taking.remarks?.(item) ?? [];
      results.set(item, { key: head.key, created: replaces === null, remarks });
    }
    if (taken.length > 0) wake.push(...(await taking.store(tx, taken, by)));
  }
  const known = items.filter((item) => 'key' in (results.get(item) ?? {}));
  await markHanded(tx, { companyId, keys: orderKeysOf(known), now: clock.now() });
  return { results: items.map((item) => results.get(item)!), wake };
}

/** What is to be decided under the locks; what is refused, or known already, before that. */
async function readAll<Input extends NamesOrder, Plan, Facts>(
  { db }: TakeDeps,
  taking: Taking<Input, Plan, Facts>,
  companyId: number,
  requests: readonly SentRequest[],
): Promise<(SentItem<Input> | TakeResult)[]> {
  const inputs = await Promise.all(
    requests.map(({ orderKey, document }) =>
      orRefused(async () => {
        const input = taking.read(document);
        return { orderKey, reference: input.order, input, document, hash: await taking.hash(document) };
      }),
    ),
  );
  const named = inputs.flatMap((each) => ('error' in each ? [] : [each]));
  const keyOf = await findOrders(db.prisma, { companyId, noun: documentNoun(taking.type) }, named);
  const read = inputs.map((each) =>
    'error' in each
      ? each
      : orRefusedNow((): SentItem<Input> => {
          const { input, document, hash } = each;
          return { companyId, orderKey: keyOf(each), input, document, hash };
        }),
  );
  const items = read.flatMap((each) => ('hash' in each ? [each] : []));
  const prepared = (await prepareAll(db.prisma, taking, items)).values();
  return read.map((each) => ('hash' in each ? prepared.next().value! : each));
}

async function prepareAll<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  taking: Taking<Input, Plan, Facts>,
  items: readonly SentItem<Input>[],
): Promise<(SentItem<Input> | TakeResult)[]> {
  let twinOf: FindTwin<Input> = noTwin;
  const findOwnTwins = async () => (twinOf = await findTwins(tx, taking, items));
  if (!taking.prepare) await findOwnTwins();
  const prepared = taking.prepare ? await taking.prepare(items, findOwnTwins) : items;
  return items.map((item, index) => {
    const twin = twinOf(item);
    // A repeat waits for nobody's lock.
    return twin?.contentHash === item.hash ? knownAs(twin) : prepared[index]!;
  });
}

/** What is new and may pass; the fate of all others is noted. */
async function decideRound<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  taking: Taking<Input, Plan, Facts>,
  round: readonly SentItem<Input>[],
  { results, now }: { results: Map<SentItem<Input>, TakeResult>; now: Date },
): Promise<Decided<Input, Plan>[]> {
  const asked = await askedOf(tx, taking, round, { results, now });
  if (asked.length === 0) return [];
  const facts = await taking.readFacts(tx, asked);
  const decided: Decided<Input, Plan>[] = [];
  for (const each of asked) {
    const result = orRefusedNow(() => ({ ...each, plan: taking.decide(each, facts) }));
    if ('plan' in result) decided.push(result);
    else results.set(each.item, result);
  }
  return decided;
}

/** The documents that are new, or may take the place of those that have their numbers. */
async function askedOf<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  taking: Taking<Input, Plan, Facts>,
  round: readonly SentItem<Input>[],
  { results, now }: { results: Map<SentItem<Input>, TakeResult>; now: Date },
): Promise<Asked<Input>[]> {
  const orders = await readOrders(tx, round);
  const twinOf = await findTwins(tx, taking, round);
  const others = round.flatMap((item) => {
    const twin = twinOf(item);
    return twin && twin.contentHash !== item.hash ? [twin] : [];
  });
  const documentKeys = others.map(({ key }) => key);
  const companyId = round[0]?.companyId ?? 0;
  const unsettled = taking.isReplaceable
    ? await findUnsettled(tx, { companyId, documentKeys, now })
    : new Map<number, Unsettled>();
  const waiting = (await taking.findWaiting?.(tx, others, now)) ?? new Set<number>();
  const asked: Asked<Input>[] = [];
  for (const item of round) {
    const result = orRefusedNow((): TakenKey | Asked<Input> => {
      const order = orders.get(item.orderKey);
      const twin = twinOf(item);
      if (!order) throw new AppError('not-found', `There is no order ${item.orderKey}.`);
      if (twin?.contentHash === item.hash) return knownAs(twin);
      if (twin && !taking.isReplaceable) throw numberIsTaken(taking, twin);
      if (twin && !waiting.has(twin.key)) checkReplaceable(taking, twin, unsettled.get(twin.key));
      return { item, order, replaces: twin ?? null };
    });
    if ('order' in result) asked.push(result);
    else results.set(item, result);
  }
  return asked;
}

async function readOrders(tx: Tx, round: readonly SentItem<unknown>[]): Promise<Map<number, LockedOrder>> {
  const companyId = round[0]?.companyId ?? 0;
  const keys = orderKeysOf(round);
  // Once more in each round: the one before may have changed them.
  const ids = await lockOrdersByDocuments(tx, { companyId, documentKeys: keys });
  const records = byDocument(await readOrderRecords(tx, ids));
  const connections = new Map<number, Connection>();
  const orders = new Map<number, LockedOrder>();
  for (const orderHead of await lockDocuments(tx, { companyId, keys })) {
    const record = records.get(orderHead.key);
    if (!record) continue;
    const { connectionId: id } = record;
    const connection = connections.get(id) ?? (await getConnection(tx, { id }));
    connections.set(id, connection);
    orders.set(orderHead.key, { record, orderHead, connection });
  }
  return orders;
}

async function findTwins<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  { type, numberOf }: Taking<Input, Plan, Facts>,
  items: readonly SentItem<Input>[],
): Promise<FindTwin<Input>> {
  const companyId = items[0]?.companyId ?? 0;
  const names = items.map(({ orderKey: parentKey, input }) => ({ parentKey, reference: numberOf(input) }));
  const found = await findChildrenByReference(tx, { companyId, type, names });
  const twins = new Map(found.map((head) => [nameOf(head.parentKey, head.reference), head]));
  return ({ orderKey, input }) => twins.get(nameOf(orderKey, numberOf(input)));
}

/** The first item of every order, then the second of those that have one, and so on. */
function roundsOf<Input>(items: readonly SentItem<Input>[]): SentItem<Input>[][] {
  const rounds: SentItem<Input>[][] = [];
  const counts = new Map<number, number>();
  for (const item of items) {
    const nth = counts.get(item.orderKey) ?? 0;
    counts.set(item.orderKey, nth + 1);
    (rounds[nth] ??= []).push(item);
  }
  return rounds;
}

/** Sent before, with this content. What became of it is told: a repeat asks TikTok for nothing. */
function knownAs({ type, key, statusCode, errorMessage }: DocumentHead): TakenKey {
  if (statusCode !== StatusCode.failed) return { key, created: false, remarks: [] };
  const remark =
    `This ${documentNoun(type)} was received before, and has failed: ${errorMessage ?? 'no reason is known.'} ` +
    `Send it with what is corrected under the same number, or try it again with PUT ${documentPath(type)}/${key}/Status/Submitted.`;
  return { key, created: false, remarks: [remark] };
}

function orderKeysOf(items: readonly SentItem<unknown>[]): number[] {
  return [...new Set(items.map(({ orderKey }) => orderKey))];
}

/** What refuses one document is its own affair; anything else is a fault and ends the whole. */
export async function orRefused<Result>(work: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await work();
  } catch (error) {
    return refusalOf(error);
  }
}

/** The same for what waits for nothing. */
export function orRefusedNow<Result>(work: () => Result): Result | Refused {
  try {
    return work();
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Refused {
  if (error instanceof AppError) return { error };
  throw error;
}

const noTwin = (): undefined => undefined;

/** Names a document among those of its type. */
function nameOf(orderKey: number | null, number: string | null): string {
  return `${orderKey} ${number}`;
}
