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
import { findOrderKey } from './find-order.js';
import { lockOrdersByDocuments, readOrderRecords } from './order-store.js';
import { markHanded } from './piece-store.js';
import { byDocument } from './render-orders.js';
import { checkReplaceable, numberIsTaken } from './same-number.js';
import { storeHeads, type Decided } from './store-heads.js';
import type {
  LockedOrder,
  NamesOrder,
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
 * content it is the same document, so a caller without an answer may simply repeat.
 *
 * What our own data can decide is refused here; what TikTok decides shows on the document.
 * @returns for each request in its order
 */
export async function takeAll<Input extends NamesOrder, Plan>(
  deps: TakeDeps,
  taking: Taking<Input, Plan>,
  { companyId, by }: Sender,
  requests: readonly SentRequest[],
): Promise<TakeResult[]> {
  const read: (SentItem<Input> | TakeResult)[] = [];
  for (const request of requests)
    read.push(await orRefused(() => readItem(deps, taking, companyId, request)));
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
export async function takeOne<Input extends NamesOrder, Plan>(
  deps: TakeDeps,
  taking: Taking<Input, Plan>,
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
async function takeDocuments<Input extends NamesOrder, Plan>(
  tx: Tx,
  { clock, by }: { clock: Clock; by: Actor },
  taking: Taking<Input, Plan>,
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

async function readItem<Input extends NamesOrder, Plan>(
  { db }: TakeDeps,
  taking: Taking<Input, Plan>,
  companyId: number,
  { orderKey, document }: SentRequest,
): Promise<SentItem<Input> | TakenKey> {
  const input = taking.read(document);
  const which = { companyId, orderKey, noun: documentNoun(taking.type) };
  const key = await findOrderKey(db.prisma, which, input.order);
  const item = { companyId, orderKey: key, input, document, hash: await taking.hash(document) };
  let twin: DocumentHead | undefined;
  const findTwin = async () => {
    twin = (await findTwins(db.prisma, taking, [item])).get(key);
    return twin;
  };
  if (!taking.prepare) await findTwin();
  const prepared = taking.prepare ? await taking.prepare(item, findTwin) : item;
  // A repeat waits for nobody's lock.
  return twin?.contentHash === item.hash ? knownAs(twin) : prepared;
}

/** What is new and may pass; the fate of all others is noted. */
async function decideRound<Input extends NamesOrder, Plan>(
  tx: Tx,
  taking: Taking<Input, Plan>,
  round: readonly SentItem<Input>[],
  { results, now }: { results: Map<SentItem<Input>, TakeResult>; now: Date },
): Promise<Decided<Input, Plan>[]> {
  const orders = await readOrders(tx, round);
  const twins = await findTwins(tx, taking, round);
  const decided: Decided<Input, Plan>[] = [];
  for (const item of round) {
    const order = orders.get(item.orderKey);
    const twin = twins.get(item.orderKey);
    const result = await orRefused(async (): Promise<TakenKey | Decided<Input, Plan>> => {
      if (!order) throw new AppError('not-found', `There is no order ${item.orderKey}.`);
      if (twin?.contentHash === item.hash) return knownAs(twin);
      if (twin && !taking.isReplaceable) throw numberIsTaken(taking, twin);
      if (twin && !(await taking.mayWithdraw?.(tx, twin, now))) await checkReplaceable(tx, taking, twin, now);
      const replaces = twin ?? null;
      return { item, order, replaces, plan: await taking.decide(tx, item, order, replaces) };
    });
    if ('plan' in result) decided.push(result);
    else results.set(item, result);
  }
  return decided;
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

/** By the key of their order: a round has one item of an order. */
async function findTwins<Input extends NamesOrder, Plan>(
  tx: Tx,
  { type, numberOf }: Taking<Input, Plan>,
  round: readonly SentItem<Input>[],
): Promise<Map<number, DocumentHead>> {
  const companyId = round[0]?.companyId ?? 0;
  const names = round.map(({ orderKey: parentKey, input }) => ({ parentKey, reference: numberOf(input) }));
  const found = await findChildrenByReference(tx, { companyId, type, names });
  return new Map(found.map((head) => [head.parentKey ?? 0, head]));
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
async function orRefused<Result>(work: () => Promise<Result>): Promise<Result | { error: AppError }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}
