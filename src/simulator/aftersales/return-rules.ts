import type {
  Approval,
  Decision,
  Rejection,
  ReturnCase,
  ReturnStatus,
  ReturnType,
} from '../state/aftersales-model.js';
import { returnsOf } from '../state/cases.js';
import type { Order, Unit } from '../state/model.js';
import { isShipped, packageOfUnit } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import type { AftersalesCode } from './aftersales-error.js';

type SellerAction =
  | 'SELLER_RESPOND_REFUND'
  | 'SELLER_RESPOND_RETURN'
  | 'SELLER_RESPOND_RECEIVE_PACKAGE'
  | 'SELLER_RESPOND_REPLACEMENT';

const PENDING = 'RETURN_OR_REFUND_REQUEST_PENDING';
const REPLACEMENT_PENDING = 'REPLACEMENT_REQUEST_PENDING';

/** What a decision answers: the type of request, and the status in which it is asked for. */
export const decisions: Record<Decision, { types: readonly ReturnType[]; from: ReturnStatus }> = {
  APPROVE_REFUND: { types: ['REFUND'], from: PENDING },
  APPROVE_RETURN: { types: ['RETURN_AND_REFUND'], from: PENDING },
  APPROVE_RECEIVED_PACKAGE: { types: ['RETURN_AND_REFUND'], from: 'BUYER_SHIPPED_ITEM' },
  OFFER_PARTIAL_REFUND: { types: ['REFUND', 'RETURN_AND_REFUND'], from: PENDING },
  APPROVE_REPLACEMENT: { types: ['REPLACEMENT'], from: REPLACEMENT_PENDING },
  ISSUE_REPLACEMENT_REFUND: { types: ['REPLACEMENT'], from: REPLACEMENT_PENDING },
  REJECT_REFUND: { types: ['REFUND'], from: PENDING },
  REJECT_RETURN: { types: ['RETURN_AND_REFUND'], from: PENDING },
  REJECT_RECEIVED_PACKAGE: { types: ['RETURN_AND_REFUND'], from: 'BUYER_SHIPPED_ITEM' },
  REJECT_REPLACEMENT: { types: ['REPLACEMENT'], from: REPLACEMENT_PENDING },
};

/** What the seller is asked for now, if anything. */
export function awaitedAction(world: World, item: ReturnCase): SellerAction | undefined {
  if (isWithPlatform(item)) return undefined;
  switch (item.status) {
    case PENDING:
      return item.type === 'REFUND' ? 'SELLER_RESPOND_REFUND' : 'SELLER_RESPOND_RETURN';
    case 'BUYER_SHIPPED_ITEM':
      return mayReceive(world, item) ? 'SELLER_RESPOND_RECEIVE_PACKAGE' : undefined;
    case REPLACEMENT_PENDING:
      return 'SELLER_RESPOND_REPLACEMENT';
    default:
      return undefined;
  }
}

export function isWithPlatform(item: ReturnCase): boolean {
  return item.takenOver || item.arbitration === 'IN_PROGRESS';
}

export function mayReceive(world: World, item: ReturnCase): boolean {
  return world.behaviour.receiveFrom === 'sending' || item.parcel?.deliveredSec !== undefined;
}

/** The decision that grants what is asked for, as TikTok takes it when nobody answers. */
export function grantingDecision(item: ReturnCase): Approval | undefined {
  if (item.status === REPLACEMENT_PENDING) return 'APPROVE_REPLACEMENT';
  if (item.status === 'BUYER_SHIPPED_ITEM') return 'APPROVE_RECEIVED_PACKAGE';
  if (item.status !== PENDING) return undefined;
  return item.type === 'REFUND' ? 'APPROVE_REFUND' : 'APPROVE_RETURN';
}

/** Why the seller cannot decide so now. UNCONFIRMED: which of the documented codes belongs to which conflict. */
export function decisionRefused(
  world: World,
  item: ReturnCase,
  decision: Approval | Rejection,
): AftersalesCode | undefined {
  const rule = decisions[decision];
  if (isWithPlatform(item)) return 25011010;
  if (!rule.types.includes(item.type)) return 25020004;
  if (item.status === 'AWAITING_BUYER_RESPONSE') return 25007007;
  if (item.status === rule.from) {
    return rule.from === 'BUYER_SHIPPED_ITEM' && !mayReceive(world, item) ? 25011013 : undefined;
  }
  return whyNot(item, rule.from);
}

function whyNot({ status, type }: ReturnCase, from: ReturnStatus): AftersalesCode {
  switch (status) {
    case 'RETURN_OR_REFUND_REQUEST_CANCEL':
    case 'REPLACEMENT_REQUEST_CANCEL':
      return 25020009;
    case 'RETURN_OR_REFUND_REQUEST_SUCCESS':
    case 'RETURN_OR_REFUND_REQUEST_COMPLETE':
      return type === 'RETURN_AND_REFUND' && from === 'BUYER_SHIPPED_ITEM' ? 25020011 : 25020010;
    case 'REPLACEMENT_REQUEST_COMPLETE':
    case 'REPLACEMENT_REQUEST_REFUND_SUCCESS':
      return 25020010;
    case 'AWAITING_BUYER_SHIP':
    case 'BUYER_SHIPPED_ITEM':
      return from === PENDING ? 25020010 : 25020003;
    default:
      return 25020003;
  }
}

const OVER: readonly ReturnStatus[] = ['RETURN_OR_REFUND_REQUEST_CANCEL', 'REPLACEMENT_REQUEST_CANCEL'];

export function isClosed({ status }: ReturnCase): boolean {
  return OVER.includes(status);
}

export function isRunning({ status }: ReturnCase): boolean {
  return !(
    OVER.includes(status) ||
    status === 'RETURN_OR_REFUND_REQUEST_COMPLETE' ||
    status === 'REPLACEMENT_REQUEST_COMPLETE' ||
    status === 'REPLACEMENT_REQUEST_REFUND_SUCCESS'
  );
}

/**
 * Why a piece cannot be returned (or only refunded) now: money can go back once it is shipped, goods once they are
 * delivered, both until the after-sales period is over; and only once.
 */
export function cannotReturn(
  world: World,
  shop: Shop,
  order: Order,
  unit: Unit,
  type: ReturnType,
): AftersalesCode | undefined {
  if (order.status === 'COMPLETED' || order.status === 'CANCELLED') return 25001051;
  if (unit.cancelled !== undefined) return 25001011;
  const pack = packageOfUnit(shop, unit);
  const ready = type === 'REFUND' ? isShipped(pack) : pack?.status === 'COMPLETED';
  if (!ready) return 25001003;
  const asked = returnsOf(world, order).some(
    (item) => !isClosed(item) && item.lines.some(({ unitId }) => unitId === unit.id),
  );
  return asked ? 25001011 : undefined;
}
