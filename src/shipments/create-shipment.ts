import type { JsonObject } from '../logicbroker/json-reading.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { findOrderByDocument } from '../orders/order-store.js';
import { takeOne } from '../orders/take-documents.js';
import type { SentItem, SentRequest, Taken, TakenKey, Taking } from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import type { ShipmentInput } from '../domain/shipment.js';
import { tryChooseProviders } from './choose-providers.js';
import type { Provider } from './match-provider.js';
import { shipmentText } from './render-shipment-document.js';
import { sendPlanned } from './send-shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { contentHash } from './shipment-hash.js';
import { insertShipments } from './shipment-store.js';
import { planFor, type PlannedShipping } from './shipping-facts.js';

export type CreatedShipment = TakenKey;

/**
 * Takes a shipment from the ERP: stored, and on its way to TikTok, in one transaction; a draft is only stored.
 * @throws AppError not-found, invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export function createShipment(
  deps: ShipmentDeps,
  { companyId, ...request }: SentRequest & { companyId: number },
): Promise<CreatedShipment> {
  return takeOne(deps, shipmentTaking(deps), companyId, request);
}

interface Input extends ShipmentInput {
  /** By position; null where TikTok could not be asked, which the push makes up for. */
  providers: ReadonlyMap<number, Provider> | null;
}

/** Null for a draft: it is planned when it is sent. */
type Plan = PlannedShipping | null;

/** How shipments are taken: see `takeAll` in orders/take-documents.ts. */
export function shipmentTaking(deps: ShipmentDeps): Taking<Input, Plan> {
  return {
    type: 'shipment',
    rendererVersion: SHIPMENT_RENDERER_VERSION,
    numberField: 'ShipmentNumber',
    whenTaken: 'Use a new number, or edit the shipment while it is a draft.',
    read: (document: JsonObject) => ({ ...readShipment(document), providers: null }),
    numberOf: ({ shipmentNumber }) => shipmentNumber,
    hash: contentHash,
    prepare: (item, isKnown) => chooseEarly(deps, item, isKnown),
    decide: (tx, { input }, { record, orderHead }) =>
      input.isDraft
        ? Promise.resolve(null)
        : planFor(deps, tx, { record, orderStatusCode: orderHead.statusCode, lines: input.lines }),
    statusOf: (plan) => (plan ? StatusCode.new : StatusCode.draft),
    text: ({ item, order, plan, head }) =>
      shipmentText(
        head,
        order.record,
        { input: item.document, parts: plan?.plan.parts ?? [] },
        plan?.plan.packages ?? [],
      ),
    created: ({ item: { input } }) => ({
      event: 'shipment-created',
      summary: `Shipment ${input.shipmentNumber} received${input.isDraft ? ' as a draft' : ''}.`,
    }),
    store,
  };
}

/**
 * Decided once without a lock, so that TikTok's list of carriers is not waited for while holding one. Whether the shipment
 * was sent before is decided under the lock: a repeat finds its own pieces taken here, which must not refuse it.
 */
async function chooseEarly(
  deps: ShipmentDeps,
  item: SentItem<Input>,
  isKnown: () => Promise<boolean>,
): Promise<SentItem<Input>> {
  const { companyId, orderKey, input } = item;
  if (input.isDraft) return item;
  const tx = deps.db.prisma;
  // The order before the look for a twin: a twin that is stored in between then either left the pieces free in what was
  // read, or is found. The other way round it would be refused for the pieces that it has itself.
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: orderKey });
  if (await isKnown()) return item;
  if (!record) throw new AppError('not-found', `There is no order ${orderKey}.`);
  const { plan } = await planFor(deps, tx, { record, orderStatusCode: null, lines: input.lines });
  return {
    ...item,
    input: { ...input, providers: await tryChooseProviders(providerDeps(deps), record, plan.packages) },
  };
}

async function store(tx: Tx, taken: readonly Taken<Input, Plan>[]): Promise<bigint[]> {
  await insertShipments(
    tx,
    taken.map(({ item, order, plan, head }) => ({
      documentKey: head.key,
      companyId: item.companyId,
      orderId: order.record.id,
      input: item.document,
      parts: plan?.plan.parts ?? [],
    })),
  );
  const wake: bigint[] = [];
  for (const { item, order, plan, head } of taken) {
    const { record, orderHead } = order;
    const { providers } = item.input;
    if (plan) wake.push(...(await sendPlanned(tx, { head, orderHead, record, providers }, plan)));
  }
  return wake;
}
