import type {
  AftersalesRole,
  Approval,
  CaseLine,
  HandoverMethod,
  Reason,
  Rejection,
  ReturnCase,
  ReturnEvent,
  ReturnParcel,
  ReturnStatus,
  ReturnType,
  ShipmentType,
} from '../state/aftersales-model.js';
import { addReturn, changeReturn, returnsOf } from '../state/cases.js';
import type { Order, Unit } from '../state/model.js';
import { completeOrder, liveUnits, recordAnswer, type Source } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import { orderOfCase } from './cancel-machine.js';
import { refundOf, refundsFor, totalOf } from './refund.js';
import { sendReplacement } from './replacement.js';
import { grantingDecision, isClosed, isWithPlatform, mayReceive } from './return-rules.js';

const PENDING = 'RETURN_OR_REFUND_REQUEST_PENDING';
const SUCCESS = 'RETURN_OR_REFUND_REQUEST_SUCCESS';

export interface ReturnRequest {
  type: ReturnType;
  role: AftersalesRole;
  reason: Reason;
  note?: string;
  kind?: NonNullable<ReturnCase['kind']>;
  shipmentType?: ShipmentType;
  handoverMethod?: HandoverMethod;
}

/** The buyer asks for money, or to give goods back for it, or for other goods. */
export function openReturn(
  world: World,
  order: Order,
  units: readonly Unit[],
  input: ReturnRequest,
  atSec: number,
): ReturnCase {
  const refunds = refundsFor(order, units, false);
  const former = returnsOf(world, order).findLast(
    (item) => isClosed(item) && item.lines.some(({ unitId }) => units.some(({ id }) => id === unitId)),
  );
  const status = input.type === 'REPLACEMENT' ? 'REPLACEMENT_REQUEST_PENDING' : PENDING;
  const item: ReturnCase = {
    id: world.ids.next('return'),
    seq: ++world.caseSeq,
    shopId: order.shopId,
    orderId: order.id,
    type: input.type,
    status,
    role: input.role,
    reason: input.reason,
    createdSec: atSec,
    updatedSec: atSec,
    dueSec: atSec + (answerSec(world, status) ?? 0),
    shipmentType: input.shipmentType ?? 'PLATFORM',
    handoverMethod: input.handoverMethod ?? 'DROP_OFF',
    buyerKeepsItem: false,
    offerRejected: false,
    takenOver: false,
    lines: units.map((unit, index) => ({
      id: world.ids.next('return_line'),
      unitId: unit.id,
      refund: refunds[index] ?? { subtotalMinor: 0, shippingMinor: 0, taxMinor: 0 },
    })),
    events: [
      {
        role: input.role,
        description: opened[input.type],
        reasonText: input.reason.text,
        note: input.note ?? '',
        atSec,
      },
    ],
    ...(former === undefined ? {} : { previousId: former.id }),
    ...(input.kind === undefined ? {} : { kind: input.kind }),
  };
  if (former !== undefined) changeReturn(world, former, atSec, { nextId: item.id });
  addReturn(world, order, item);
  return item;
}

const opened: Record<ReturnType, string> = {
  REFUND: 'Customer submitted a refund request',
  RETURN_AND_REFUND: 'Customer submitted a return request',
  REPLACEMENT: 'Customer submitted a replacement request',
};

/** How long the one whose turn it is may take; undefined where nothing happens by itself. */
function answerSec({ behaviour }: World, status: ReturnStatus): number | undefined {
  switch (status) {
    case PENDING:
    case 'BUYER_SHIPPED_ITEM':
      return behaviour.returnAnswerSec;
    case 'REPLACEMENT_REQUEST_PENDING':
      return behaviour.replacementAnswerSec;
    case 'AWAITING_BUYER_SHIP':
    case 'AWAITING_BUYER_RESPONSE':
    case 'REFUND_OR_RETURN_REQUEST_REJECT':
    case 'REJECT_RECEIVE_PACKAGE':
    case 'REPLACEMENT_REQUEST_REJECT':
      return behaviour.buyerAnswerSec;
    case SUCCESS:
      return behaviour.refundSec;
    default:
      return undefined;
  }
}

export interface Step {
  role: AftersalesRole;
  description: string;
  reasonText?: string;
  note?: string;
}

/** One step of a return: its status, what it says about itself, and until when the next one has time. */
export function step(
  world: World,
  item: ReturnCase,
  to: ReturnStatus,
  atSec: number,
  what: Step,
  more: Partial<ReturnCase> = {},
): void {
  const event: ReturnEvent = { reasonText: '', note: '', ...what, atSec };
  const next: ReturnCase = { ...item, ...more, status: to, events: [...item.events, event] };
  const waits = isWithPlatform(next) || (to === 'BUYER_SHIPPED_ITEM' && !mayReceive(world, next));
  const span = waits ? undefined : answerSec(world, to);
  const dueSec = span === undefined ? undefined : atSec + span;
  changeReturn(world, item, atSec, { ...more, status: to, events: next.events, dueSec });
}

export interface Terms {
  buyerKeepsItem?: boolean;
  partialRefundMinor?: number;
}

const granted: Record<Approval, [to: ReturnStatus, description: string]> = {
  APPROVE_REFUND: [SUCCESS, 'Refund request approved'],
  APPROVE_RETURN: ['AWAITING_BUYER_SHIP', 'Return request approved'],
  APPROVE_RECEIVED_PACKAGE: [SUCCESS, 'Returned package accepted'],
  APPROVE_REPLACEMENT: ['REPLACEMENT_REQUEST_COMPLETE', 'Replacement request approved'],
  ISSUE_REPLACEMENT_REFUND: ['REPLACEMENT_REQUEST_REFUND_SUCCESS', 'Refund issued in place of a replacement'],
  OFFER_PARTIAL_REFUND: ['AWAITING_BUYER_RESPONSE', 'Partial refund offered'],
};

/** The seller grants the request, or TikTok does when nobody answered. The decision must fit (decisionRefused). */
export function approveReturn(
  world: World,
  item: ReturnCase,
  decision: Approval,
  terms: Terms,
  source: Source,
  atSec: number,
): void {
  const [to, description] = granted[decision];
  const keeps = decision === 'APPROVE_RETURN' && terms.buyerKeepsItem === true;
  const role = source.via === 'platform' ? 'SYSTEM' : 'SELLER';
  step(
    world,
    item,
    keeps ? SUCCESS : to,
    atSec,
    { role, description },
    {
      ...(keeps ? { buyerKeepsItem: true } : {}),
      ...(decision === 'OFFER_PARTIAL_REFUND' && terms.partialRefundMinor !== undefined
        ? { partialRefundMinor: terms.partialRefundMinor, offerRejected: false }
        : {}),
    },
  );
  if (decision === 'APPROVE_REPLACEMENT') sendReplacement(world, item, atSec);
  record(world, item, 'return_approved', decision, source, atSec);
}

const refused: Record<Rejection, [to: ReturnStatus, description: string]> = {
  REJECT_REFUND: ['REFUND_OR_RETURN_REQUEST_REJECT', 'Refund request rejected'],
  REJECT_RETURN: ['REFUND_OR_RETURN_REQUEST_REJECT', 'Return request rejected'],
  REJECT_RECEIVED_PACKAGE: ['REJECT_RECEIVE_PACKAGE', 'Returned package rejected'],
  REJECT_REPLACEMENT: ['REPLACEMENT_REQUEST_REJECT', 'Replacement request rejected'],
};

export function rejectReturn(
  world: World,
  item: ReturnCase,
  decision: Rejection,
  words: { reason: Reason; note: string },
  source: Source,
  atSec: number,
): void {
  const [to, description] = refused[decision];
  const what: Step = { role: 'SELLER', description, reasonText: words.reason.text, note: words.note };
  step(world, item, to, atSec, what);
  record(world, item, 'return_rejected', decision, source, atSec);
}

/** What a seller starts needs nobody's consent: the money goes back, after the goods where they are wanted. */
export function startSellerReturn(world: World, item: ReturnCase, refundMinor: number, atSec: number): void {
  const decision = grantingDecision(item);
  if (decision === undefined) return;
  const [to, description] = granted[decision];
  const less = refundMinor < totalOf(refundOf(item.lines));
  const lines = less ? spread(item.lines, refundMinor) : item.lines;
  step(world, item, to, atSec, { role: 'SELLER', description }, { lines });
  if (decision === 'APPROVE_REPLACEMENT') sendReplacement(world, item, atSec);
}

export function record(
  world: World,
  item: ReturnCase,
  kind: 'return_created' | 'return_approved' | 'return_rejected',
  decision: string,
  source: Source,
  atSec: number,
): void {
  const unitIds = item.lines.map(({ unitId }) => unitId);
  const about = { atSec, caseId: item.id, unitIds, decision };
  recordAnswer(world, kind, orderOfCase(world, item), source, about);
}

export function sendBack(world: World, item: ReturnCase, parcel: ReturnParcel, atSec: number): void {
  const what: Step = { role: 'BUYER', description: 'Customer shipped the package' };
  step(world, item, 'BUYER_SHIPPED_ITEM', atSec, what, { parcel });
}

/** The carrier brings the goods; from now on the seller's time to answer runs anew. */
export function deliverBack(world: World, item: ReturnCase, atSec: number): void {
  if (item.parcel === undefined) return;
  const parcel = { ...item.parcel, deliveredSec: atSec };
  const what: Step = { role: 'SYSTEM', description: 'Returned package was delivered' };
  step(world, item, 'BUYER_SHIPPED_ITEM', atSec, what, { parcel });
}

export function closeReturn(
  world: World,
  item: ReturnCase,
  what: Step,
  atSec: number,
  more: Partial<ReturnCase> = {},
): void {
  const to = item.type === 'REPLACEMENT' ? 'REPLACEMENT_REQUEST_CANCEL' : 'RETURN_OR_REFUND_REQUEST_CANCEL';
  step(world, item, to, atSec, what, more);
}

/** The buyer takes the part of the money that the seller offered, or insists on the whole. */
export function answerOffer(world: World, item: ReturnCase, accepted: boolean, atSec: number): void {
  if (accepted) {
    const lines = spread(item.lines, item.partialRefundMinor ?? 0);
    step(world, item, SUCCESS, atSec, { role: 'BUYER', description: 'Partial refund accepted' }, { lines });
  } else {
    const what: Step = { role: 'BUYER', description: 'Partial refund declined' };
    step(world, item, PENDING, atSec, what, { offerRejected: true });
  }
}

function spread(lines: readonly CaseLine[], amountMinor: number): CaseLine[] {
  const whole = Math.floor(amountMinor / lines.length);
  const rest = amountMinor % lines.length;
  return lines.map((line, index) => ({
    ...line,
    refund: { subtotalMinor: whole + (index < rest ? 1 : 0), shippingMinor: 0, taxMinor: 0 },
  }));
}

/** What happens by itself once the time is over. */
export function settleReturn(world: World, item: ReturnCase, atSec: number): void {
  const decision = grantingDecision(item);
  if (decision !== undefined) return approveReturn(world, item, decision, {}, { via: 'platform' }, atSec);
  switch (item.status) {
    case SUCCESS:
      return completeReturn(world, item, atSec);
    // UNCONFIRMED: an offer that the buyer does not answer counts as declined.
    case 'AWAITING_BUYER_RESPONSE':
      return answerOffer(world, item, false, atSec);
    default:
      return closeReturn(world, item, { role: 'SYSTEM', description: 'Closed: no answer in time' }, atSec);
  }
}

/** The money is back. TikTok: an order that is refunded as a whole becomes COMPLETED. */
export function completeReturn(world: World, item: ReturnCase, atSec: number): void {
  const what: Step = { role: 'SYSTEM', description: 'Refund completed' };
  step(world, item, 'RETURN_OR_REFUND_REQUEST_COMPLETE', atSec, what);
  const order = orderOfCase(world, item);
  const refunded = new Set(
    returnsOf(world, order)
      .filter(({ status }) => status === 'RETURN_OR_REFUND_REQUEST_COMPLETE')
      .flatMap(({ lines }) => lines.map(({ unitId }) => unitId)),
  );
  if (order.status !== 'COMPLETED' && liveUnits(order).every(({ id }) => refunded.has(id)))
    completeOrder(world, order, atSec);
}
