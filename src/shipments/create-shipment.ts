import type { Actor } from '../companies/actor.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { changeStatus } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import type { ReplacedPackages, ShipmentInput } from '../domain/shipment.js';
import { mayBeReplaced } from '../orders/same-number.js';
import { findOrderByDocument } from '../orders/order-store.js';
import { takeOne } from '../orders/take-documents.js';
import type {
  LockedOrder,
  Sender,
  SentItem,
  SentRequest,
  Taken,
  TakenKey,
  Taking,
} from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { tryChooseProviders } from './choose-providers.js';
import { contradictions } from './contradicting-carriers.js';
import type { Provider } from './match-provider.js';
import { shipmentText } from './render-shipment-document.js';
import { sendPlanned } from './send-shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { contentHash } from './shipment-hash.js';
import { findReplacedPackages, insertShipments, replaceShipment } from './shipment-store.js';
import { planFor, type PlannedShipping } from './shipping-facts.js';
import { hasWaiting, isWaiting, withdrawWaiting, withoutWaiting } from './waiting-shipment.js';

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

const nothingThere: ReplacedPackages = { kept: [], lastPosition: 0 };

/** How shipments are taken: see `takeAll` in orders/take-documents.ts. */
export function shipmentTaking(deps: ShipmentDeps): Taking<Input, Plan> {
  return {
    type: 'shipment',
    rendererVersion: SHIPMENT_RENDERER_VERSION,
    numberField: 'ShipmentNumber',
    whenTaken: 'Use a new number.',
    isReplaceable: true,
    mayWithdraw: isWaiting,
    read: (document: JsonObject) => ({ ...readShipment(document), providers: null, carrierRemarks: [] }),
    numberOf: ({ shipmentNumber }) => shipmentNumber,
    hash: contentHash,
    prepare: (item, findTwin) => chooseEarly(deps, item, findTwin),
    decide: (tx, item, order, replaces) => decide(deps, tx, item, { order, replaces }),
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

async function decide(
  deps: ShipmentDeps,
  tx: Tx,
  { input }: SentItem<Input>,
  { order: { record, orderHead }, replaces }: { order: LockedOrder; replaces: DocumentHead | null },
): Promise<Plan> {
  const replaced = replaces ? await findReplacedPackages(tx, replaces.key) : nothingThere;
  if (input.isDraft) {
    if (replaced.kept.length > 0) throw partlySent(replaced);
    return null;
  }
  const { lines } = input;
  const planned = await planFor(deps, tx, {
    record: replaces ? await withoutWaiting(tx, record, replaces.key) : record,
    orderStatusCode: orderHead.statusCode,
    lines,
    replaced,
  });
  return { ...planned, replaced };
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
 * Decided once without a lock, so that TikTok's list of carriers is not waited for while holding one. Whether the shipment
 * was sent before is decided under the lock: a repeat finds its own pieces taken here, which must not refuse it.
 */
async function chooseEarly(
  deps: ShipmentDeps,
  item: SentItem<Input>,
  findTwin: () => Promise<DocumentHead | undefined>,
): Promise<SentItem<Input>> {
  const { companyId, orderKey, input } = item;
  if (input.isDraft) return item;
  const tx = deps.db.prisma;
  // The order before the look for a twin: a twin that is stored in between then either left the pieces free in what was
  // read, or is found. The other way round it would be refused for the pieces that it has itself.
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: orderKey });
  const twin = await findTwin();
  const waits = twin !== undefined && (await hasWaiting(tx, twin.key));
  if (twin && (twin.contentHash === item.hash || !(waits || mayBeReplaced(twin)))) return item;
  if (!record) throw new AppError('not-found', `There is no order ${orderKey}.`);
  const replaced = twin ? await findReplacedPackages(tx, twin.key) : nothingThere;
  const { plan } = await planFor(deps, tx, {
    record: twin ? await withoutWaiting(tx, record, twin.key) : record,
    orderStatusCode: null,
    lines: input.lines,
    replaced,
  });
  const providers = await tryChooseProviders(providerDeps(deps), record, plan.packages);
  const carrierRemarks = providers ? await contradictions(providerDeps(deps), record, plan.packages) : [];
  return { ...item, input: { ...input, providers, carrierRemarks } };
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
  const wake: bigint[] = [];
  for (const { item, order, plan, head, replaces } of taken) {
    const { record, orderHead } = order;
    const { providers } = item.input;
    if (replaces)
      await withdrawWaiting(tx, head, {
        now: clock.now(),
        reason: 'It was sent again with another content.',
      });
    if (replaces)
      await replaceShipment(tx, head.key, { input: item.document, parts: plan?.plan.parts ?? [] });
    if (!plan) continue;
    wake.push(...(await sendPlanned(tx, { head, orderHead, record, providers, by }, plan)));
    // What TikTok had not taken is not wanted any more.
    if (plan.plan.packages.length === 0) await completeKept(tx, head, by);
  }
  return wake;
}

async function completeKept(tx: Tx, { companyId, key }: DocumentHead, by: Actor): Promise<void> {
  await changeStatus(tx, { companyId, keys: [key], type: 'shipment', to: StatusCode.complete, by });
}
