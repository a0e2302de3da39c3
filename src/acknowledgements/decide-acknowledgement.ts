import { passGates } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Asked, LockedOrder } from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { acceptingGates, acknowledgementFactsOf, cancellingGates } from './acknowledgement-gates.js';
import { findCancelling } from './acknowledgement-store.js';
import type { AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';
import { chooseReason } from './choose-reason.js';
import type { ReasonPlace } from './cancel-reasons.js';
import { readReasonPlaces } from './reason-place.js';
import { kindOf, planAcknowledgement } from './plan-acknowledgement.js';

/** What decides acknowledgements beside their orders. */
export interface AcknowledgementFacts {
  /** Keys of the acknowledgements by which the ERP is cancelling, by our order id. */
  cancelling: ReadonlyMap<bigint, number>;
  /** What the reasons of cancellations are held against. */
  placeOf: (order: Pick<LockedOrder, 'record' | 'connection'>) => ReasonPlace;
}

export async function readAcknowledgementFacts(
  tx: Tx,
  asked: readonly Asked<AcknowledgementInput>[],
): Promise<AcknowledgementFacts> {
  const companyId = asked[0]?.item.companyId ?? 0;
  const orderIds = asked.map(({ order }) => order.record.id);
  const cancelling = await findCancelling(tx, { companyId, orderIds });
  const cancels = asked.flatMap(({ item: { input }, order: { record, connection } }) =>
    kindOf(input) === 'cancel' ? [{ input, record, connection }] : [],
  );
  return { cancelling, placeOf: await readReasonPlaces(tx, cancels) };
}

/**
 * What an acknowledgement does to its order.
 * @throws AppError rule-violated by a gate, or what `planAcknowledgement` and `chooseReason` throw
 */
export function decideAcknowledgement(
  { item: { input }, order }: Asked<AcknowledgementInput>,
  { cancelling, placeOf }: AcknowledgementFacts,
): { plan: AcknowledgementPlan; cancelReason: string | null } {
  const { record, connection } = order;
  passGatesFor(order, kindOf(input), cancelling.get(record.id) ?? null);
  const plan = planAcknowledgement(
    { ...record, caseSensitive: connection.settings.caseSensitiveSkus },
    input,
  );
  if (plan.kind !== 'cancel') return { plan, cancelReason: null };
  const buyerAsks = asksForAll(record, plan.unitIds);
  return { plan, cancelReason: chooseReason(input, placeOf(order), { buyerAsks }) };
}

/** Whether the buyer asks to cancel all of these pieces, as far as we know. */
function asksForAll({ order, cancelRequest }: OrderRecord, unitIds: readonly string[]): boolean {
  if (!order.buyerRequestsCancel && cancelRequest === null) return false;
  const asked = cancelRequest?.unitIds ?? [];
  return asked.length === 0 || unitIds.every((unitId) => asked.includes(unitId));
}

/** @throws AppError rule-violated by the first gate that refuses */
export async function checkAcknowledgeable(
  tx: Tx,
  order: LockedOrder,
  kind: AcknowledgementPlan['kind'],
): Promise<void> {
  const { companyId, id } = order.record;
  const cancelling = await findCancelling(tx, { companyId, orderIds: [id] });
  passGatesFor(order, kind, cancelling.get(id) ?? null);
}

function passGatesFor(
  { record, orderHead, connection }: LockedOrder,
  kind: AcknowledgementPlan['kind'],
  cancellingKey: number | null,
): void {
  const facts = acknowledgementFactsOf(record, orderHead.statusCode, connection, cancellingKey);
  passGates(kind === 'cancel' ? cancellingGates : acceptingGates, facts);
}
