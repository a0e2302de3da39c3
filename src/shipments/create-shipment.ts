import type { Actor } from '../companies/actor.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { changeStatus } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import {
  nothingReplaced,
  type PlannedPackage,
  type ReplacedPackages,
  type ShipmentInput,
} from '../domain/shipment.js';
import { mayBeReplaced } from '../orders/same-number.js';
import type { OrderRecord } from '../orders/order-record.js';
import { findOrdersByDocuments } from '../orders/order-store.js';
import { byDocument } from '../orders/render-orders.js';
import { orRefused, orRefusedNow, takeOne } from '../orders/take-documents.js';
import type {
  Asked,
  FindTwin,
  Refused,
  Sender,
  SentItem,
  SentRequest,
  Taken,
  TakenKey,
  Taking,
} from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { carrierChoices, tryChooseProviders, type ReadChoice } from './choose-providers.js';
import { contradictions } from './contradicting-carriers.js';
import type { Provider } from './match-provider.js';
import { shipmentText } from './render-shipment-document.js';
import { sendPlanned } from './send-shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { contentHash } from './shipment-hash.js';
import {
  findReplacedPackages,
  insertShipments,
  listPackagesOf,
  replaceShipment,
  type StoredPackage,
} from './shipment-store.js';
import {
  planWith,
  readAllShippingFacts,
  type PlannedShipping,
  type ShippingFactsOf,
} from './shipping-facts.js';
import { areWaiting, findWaiting, withdrawWaiting, withoutWaiting } from './waiting-shipment.js';

export type CreatedShipment = TakenKey;

/**
 * Takes a shipment from the ERP: stored, and on its way to TikTok, in one transaction; a draft is only stored.
 * @throws AppError not-found, invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export function createShipment(
  deps: ShipmentDeps,
  { companyId, by, ...request }: SentRequest & Sender,
): Promise<CreatedShipment> {
  return takeOne(deps, shipmentTaking(deps), { companyId, by }, request);
}

interface Input extends ShipmentInput {
  /** By position; null where TikTok could not be asked, which the push makes up for. */
  providers: ReadonlyMap<number, Provider> | null;
  carrierRemarks: readonly string[];
}

/** Null for a draft: it is planned when it is sent. */
type Plan = (PlannedShipping & { replaced: ReplacedPackages }) | null;

interface Facts {
  shippingOf: ShippingFactsOf;
  there: There;
}

/** What there is of shipments that are sent again with another content, by their keys. */
interface There {
  replaced: ReadonlyMap<number, ReplacedPackages>;
  packagesOf: (key: number) => readonly StoredPackage[];
}

/** How shipments are taken: see `takeAll` in orders/take-documents.ts. */
export function shipmentTaking(deps: ShipmentDeps): Taking<Input, Plan, Facts> {
  return {
    type: 'shipment',
    rendererVersion: SHIPMENT_RENDERER_VERSION,
    numberField: 'ShipmentNumber',
    whenTaken: 'Use a new number.',
    isReplaceable: true,
    findWaiting,
    read: (document: JsonObject) => ({ ...readShipment(document), providers: null, carrierRemarks: [] }),
    numberOf: ({ shipmentNumber }) => shipmentNumber,
    hash: contentHash,
    prepare: (items, findTwins) => chooseEarly(deps, items, findTwins),
    readFacts: (tx, asked) => readFacts(deps, tx, asked),
    decide,
    statusOf: (plan) => (plan ? StatusCode.new : StatusCode.draft),
    remarks: ({ input }) => [...input.remarks, ...input.carrierRemarks],
    text: ({ item, order, plan, head }) =>
      shipmentText(head, order.record, { input: item.document, parts: plan?.plan.parts ?? [] }, [
        ...(plan?.replaced.kept ?? []),
        ...(plan?.plan.packages ?? []),
      ]),
    created: ({ item: { input } }) => ({
      event: 'shipment-created',
      summary: `Shipment ${input.shipmentNumber} received${input.isDraft ? ' as a draft' : ''}.`,
    }),
    store: (tx, taken, by) => store(deps, tx, taken, by),
  };
}

async function readFacts(deps: ShipmentDeps, tx: Tx, asked: readonly Asked<Input>[]): Promise<Facts> {
  const records = asked.map(({ order }) => order.record);
  return {
    shippingOf: await readAllShippingFacts(deps, tx, records),
    there: await readThere(
      tx,
      asked.flatMap(({ replaces }) => replaces?.key ?? []),
    ),
  };
}

async function readThere(tx: Tx, keys: readonly number[]): Promise<There> {
  const replaced = await findReplacedPackages(tx, keys);
  const packages = keys.length === 0 ? [] : await listPackagesOf(tx, keys);
  return { replaced, packagesOf: (key) => packages.filter(({ shipmentKey }) => shipmentKey === key) };
}

function decide(
  { item: { input }, order: { record, orderHead }, replaces }: Asked<Input>,
  facts: Facts,
): Plan {
  const { there, shippingOf } = facts;
  const replaced = (replaces && there.replaced.get(replaces.key)) ?? nothingReplaced;
  if (input.isDraft) {
    if (replaced.kept.length > 0) throw partlySent(replaced);
    return null;
  }
  const free = replaces ? withoutWaiting(record, there.packagesOf(replaces.key)) : record;
  const known = shippingOf(free, orderHead.statusCode);
  return { ...planWith(known, input.lines, replaced), replaced };
}

function partlySent({ kept }: ReplacedPackages): AppError {
  const numbers = kept.map(({ trackingNumber }) => trackingNumber).join(', ');
  return new AppError('rule-violated', 'A shipment that TikTok has a part of cannot become a draft.', {
    details: [
      { field: 'StatusCode', message: `TikTok has ${numbers}`, next: 'Send it without StatusCode -1.' },
    ],
  });
}

/**
 * Decided once without a lock, so that TikTok's list of carriers is not waited for while holding one. Whether a shipment
 * was sent before is decided under the lock: a repeat finds its own pieces taken here, which must not refuse it.
 */
async function chooseEarly(
  deps: ShipmentDeps,
  items: readonly SentItem<Input>[],
  findTwins: () => Promise<FindTwin<Input>>,
): Promise<(SentItem<Input> | Refused)[]> {
  const tx = deps.db.prisma;
  const companyId = items[0]?.companyId ?? 0;
  const sent = items.filter(({ input }) => !input.isDraft);
  // The orders before the look for twins: a twin that is stored in between then either left the pieces free in what was
  // read, or is found. The other way round it would be refused for the pieces that it has itself.
  const documentKeys = sent.map(({ orderKey }) => orderKey);
  const records = byDocument(await findOrdersByDocuments(tx, { companyId, documentKeys }));
  const twinOf = await findTwins();
  const twins = sent.flatMap((item) => twinOf(item)?.key ?? []);
  const there = await readThere(tx, twins);
  const shippingOf = await readAllShippingFacts(deps, tx, [...records.values()]);
  const planned = items.map((item) =>
    orRefusedNow((): PlannedEarly => {
      const twin = twinOf(item);
      const packs = twin ? there.packagesOf(twin.key) : [];
      const mayBe = twin && (mayBeReplaced(twin) || areWaiting(packs));
      const isKnown = twin && (twin.contentHash === item.hash || !mayBe);
      if (item.input.isDraft || isKnown) return { item, record: null, packages: [] };
      const record = records.get(item.orderKey);
      if (!record) throw new AppError('not-found', `There is no order ${item.orderKey}.`);
      const replaced = (twin && there.replaced.get(twin.key)) ?? nothingReplaced;
      const known = shippingOf(withoutWaiting(record, packs), null);
      const { packages } = planWith(known, item.input.lines, replaced).plan;
      return { item, record, packages };
    }),
  );
  const all = planned.flatMap((each) => ('error' in each ? [] : each.packages));
  const read = carrierChoices(providerDeps(deps), all);
  return Promise.all(
    planned.map(async (each) => ('error' in each ? each : orRefused(() => withCarriers(read, each)))),
  );
}

/** A shipment as it would go now; without an order it is left as it is. */
interface PlannedEarly {
  item: SentItem<Input>;
  record: OrderRecord | null;
  packages: readonly PlannedPackage[];
}

async function withCarriers(
  read: ReadChoice,
  { item, record, packages }: PlannedEarly,
): Promise<SentItem<Input>> {
  if (!record) return item;
  const providers = await tryChooseProviders(read, record, packages);
  const carrierRemarks = providers ? await contradictions(read, record, packages) : [];
  return { ...item, input: { ...item.input, providers, carrierRemarks } };
}

async function store(
  { clock }: ShipmentDeps,
  tx: Tx,
  taken: readonly Taken<Input, Plan>[],
  by: Actor,
): Promise<bigint[]> {
  await insertShipments(
    tx,
    taken
      .filter(({ replaces }) => replaces === null)
      .map(({ item, order, plan, head }) => ({
        documentKey: head.key,
        companyId: item.companyId,
        orderId: order.record.id,
        input: item.document,
        parts: plan?.plan.parts ?? [],
      })),
  );
  for (const { item, plan, head, replaces } of taken) {
    if (!replaces) continue;
    const reason = 'It was sent again with another content.';
    await withdrawWaiting(tx, head, { now: clock.now(), reason });
    await replaceShipment(tx, head.key, { input: item.document, parts: plan?.plan.parts ?? [] });
  }
  const toSend = taken.flatMap(({ item, order, plan, head }) =>
    plan ? [{ ...order, head, providers: item.input.providers, planned: plan }] : [],
  );
  const wake = await sendPlanned(tx, toSend, by);
  // What TikTok had not taken is not wanted any more.
  const kept = toSend.filter(({ planned }) => planned.plan.packages.length === 0);
  await completeKept(
    tx,
    kept.map(({ head }) => head),
    by,
  );
  return wake;
}

async function completeKept(tx: Tx, heads: readonly DocumentHead[], by: Actor): Promise<void> {
  const companyId = heads[0]?.companyId ?? 0;
  const keys = heads.map(({ key }) => key);
  await changeStatus(tx, { companyId, keys, type: 'shipment', to: StatusCode.complete, by });
}
