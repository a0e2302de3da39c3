import { passGates } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { LockedOrder } from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { acceptingGates, acknowledgementFactsOf, cancellingGates } from './acknowledgement-gates.js';
import { findCancelling } from './acknowledgement-store.js';
import type { AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';
import { chooseReason } from './choose-reason.js';
import { readReasonPlace } from './reason-place.js';
import { kindOf, planAcknowledgement } from './plan-acknowledgement.js';

/**
 * What an acknowledgement does to its order.
 * @throws AppError rule-violated by a gate, or what `planAcknowledgement` and `chooseReason` throw
 */
export async function decideAcknowledgement(
  tx: Tx,
  order: LockedOrder,
  input: AcknowledgementInput,
): Promise<{ plan: AcknowledgementPlan; cancelReason: string | null }> {
  await checkAcknowledgeable(tx, order, kindOf(input));
  const { record, connection } = order;
  const plan = planAcknowledgement(
    { ...record, caseSensitive: connection.settings.caseSensitiveSkus },
    input,
  );
  if (plan.kind !== 'cancel') return { plan, cancelReason: null };
  const place = await readReasonPlace(tx, record, connection, input);
  const buyerAsks = asksForAll(record, plan.unitIds);
  return { plan, cancelReason: chooseReason(input, place, { buyerAsks }) };
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
  { record, orderHead, connection }: LockedOrder,
  kind: AcknowledgementPlan['kind'],
): Promise<void> {
  const { companyId, id: orderId } = record;
  const cancellingKey = await findCancelling(tx, { companyId, orderId });
  const facts = acknowledgementFactsOf(record, orderHead.statusCode, connection, cancellingKey);
  passGates(kind === 'cancel' ? cancellingGates : acceptingGates, facts);
}
