import type { OwnCancel } from '../acknowledgements/acknowledgement-store.js';
import {
  explainGates,
  firstObstacle,
  pass,
  refuse,
  wait,
  type Gate,
  type GateResult,
} from '../kernel/gate.js';
import type { OrderState } from '../orders/order-record.js';
import { toIsoSeconds } from '../kernel/time.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import type { StoredUnit } from '../domain/order.js';

/** What became of a cancellation of TikTok's here; kept with its row. */
export type CancellationOutcome =
  /** A request of the buyer that waits for an answer. */
  | 'pending'
  /** Decided later: TikTok has not said enough, or the ERP's own cancellation is under way. */
  | 'waiting'
  /** A cancellation acknowledgement tells the ERP. */
  | 'acknowledged'
  /** The ERP has asked for it, or approved it. */
  | 'ours'
  /** Another acknowledgement tells of these pieces already. */
  | 'told'
  /** The seller made it in TikTok; by the setting it is not pulled. */
  | 'seller-made'
  /** The ERP has never been given the order, or these pieces of it. */
  | 'not-imported'
  /** Withdrawn, rejected or closed without any effect. */
  | 'closed';

/** What the decision about a cancellation rests on. */
export interface CancellationFacts {
  cancellation: Pick<ShopCancellation, 'status' | 'statusText' | 'role' | 'unitIds' | 'answerBy'>;
  settings: { pullSellerCancellations: boolean };
  /** Null while no pull has seen the order. */
  order: {
    state: OrderState;
    /** False for an order that was given to another company, before the shop was connected here. */
    isOurs: boolean;
    isCancelled: boolean;
    units: readonly Pick<StoredUnit, 'unitId' | 'lineNumber'>[];
  } | null;
  /** The ERP's own cancellation of this order that TikTok has not refused. */
  own: Pick<OwnCancel, 'documentKey' | 'state' | 'unitIds'> | null;
  /** Pieces that other acknowledgements tell of. */
  told: ReadonlySet<string>;
}

const executed: Gate<CancellationFacts> = {
  name: 'executed',
  rule: 'A cancellation is taken when TikTok has carried it out (CANCELLATION_REQUEST_SUCCESS or _COMPLETE).',
  decide({ cancellation: { status, statusText, answerBy } }) {
    switch (status) {
      case 'executed':
        return pass(`TikTok has carried it out (${statusText}).`);
      case 'pending':
        return wait(
          'The buyer asks to cancel, and the seller has not answered.',
          answerBy,
          answerBy
            ? `Answer it; otherwise TikTok approves it ${toIsoSeconds(answerBy)}.`
            : 'Answer it; otherwise TikTok approves it at its deadline.',
        );
      case 'withdrawn':
        return refuse('The request was withdrawn, rejected or closed.', 'Nothing to do: the order goes on.');
      default:
        return wait(
          `TikTok shows ${statusText}, which this program does not know.`,
          null,
          'Look at the order in TikTok Seller Center, or ask for an update of this program.',
        );
    }
  },
};

const orderExported: Gate<CancellationFacts> = {
  name: 'order-exported',
  rule: 'The ERP is told of cancelled orders that it has been given; others never reach it.',
  decide({ order }) {
    if (!order) return refuse('No pull has seen the order; it stays out from now on.', 'Nothing to do.');
    if (!order.isOurs) {
      return refuse('The order was given to the company that had the shop before.', 'Nothing to do.');
    }
    return order.state === 'exported'
      ? pass('The ERP has the order.')
      : refuse('The order was cancelled before it reached the ERP, and stays out.', 'Nothing to do.');
  },
};

const piecesKnown: Gate<CancellationFacts> = {
  name: 'pieces-known',
  rule: 'Cancelled are the pieces that TikTok names (cancel_line_items), or all when it shows the order as cancelled.',
  decide: (facts) =>
    piecesOf(facts).length > 0
      ? pass(`${piecesOf(facts).length} pieces.`)
      : wait('TikTok names no pieces.', null, 'Wait until TikTok shows what is cancelled.'),
};

const piecesExported: Gate<CancellationFacts> = {
  name: 'pieces-exported',
  rule: 'Pieces that were cancelled before the order came in are on none of its lines.',
  decide(facts) {
    const count = onLines(facts).length;
    return count > 0 || piecesOf(facts).length === 0
      ? pass(`${count} of them are on lines that the ERP has.`)
      : refuse('These pieces were cancelled before the ERP was given the order.', 'Nothing to do.');
  },
};

const notOurs: Gate<CancellationFacts> = {
  name: 'not-ours',
  rule: 'A cancellation that the ERP has asked for, or approved, does not come back to it.',
  decide(facts) {
    const { own } = facts;
    const asked = own ? onLines(facts).filter((unitId) => own.unitIds.includes(unitId)) : [];
    if (!own || asked.length === 0) return pass('The ERP has not asked for it.');
    if (own.state !== 'done') {
      return wait(
        `The ERP's own cancellation ${own.documentKey} of these pieces is under way.`,
        null,
        'Wait until it has ended.',
      );
    }
    return asked.length === onLines(facts).length
      ? refuse(`It is the ERP's own cancellation ${own.documentKey}.`, 'Nothing to do.')
      : pass(`${asked.length} of the pieces are of the ERP's own cancellation.`);
  },
};

const notTold: Gate<CancellationFacts> = {
  name: 'not-told',
  rule: 'A piece is told of once.',
  decide: (facts) =>
    piecesToTell(facts).length > 0 || onLines(facts).length === 0
      ? pass('No acknowledgement tells of these pieces yet.')
      : refuse('Another acknowledgement tells of these pieces.', 'Nothing to do.'),
};

const notBySeller: Gate<CancellationFacts> = {
  name: 'not-by-seller',
  rule: 'Pulled is what the buyer, the system or an operator cancels; the seller’s own with pullSellerCancellations.',
  decide({ cancellation: { role }, settings }) {
    if (role !== 'seller') return pass('It was not made by the seller.');
    return settings.pullSellerCancellations
      ? pass('The seller made it in TikTok, and pullSellerCancellations is on.')
      : refuse(
          'The seller made it in TikTok.',
          'Cancel the order in the ERP by hand, or switch pullSellerCancellations on.',
        );
  },
};

/** In the order in which they are explained. */
export const cancellationGates: readonly Gate<CancellationFacts>[] = [
  executed,
  orderExported,
  piecesKnown,
  piecesExported,
  notOurs,
  notTold,
  notBySeller,
];

const outcomes: Readonly<Record<string, CancellationOutcome>> = {
  [orderExported.name]: 'not-imported',
  [piecesExported.name]: 'not-imported',
  [notOurs.name]: 'ours',
  [notTold.name]: 'told',
  [notBySeller.name]: 'seller-made',
};

export interface CancellationDecision {
  outcome: CancellationOutcome;
  /** Null: it becomes an acknowledgement. */
  obstacle: GateResult | null;
  /** Pieces that the acknowledgement tells of. */
  unitIds: string[];
}

/** What becomes of a cancellation now. As long as TikTok has not carried it out, nothing else matters. */
export function decideCancellation(facts: CancellationFacts): CancellationDecision {
  const obstacle = firstObstacle([executed], facts) ?? firstObstacle(cancellationGates, facts);
  if (!obstacle) return { outcome: 'acknowledged', obstacle, unitIds: piecesToTell(facts) };
  return { outcome: outcomeOf(obstacle, facts), obstacle, unitIds: [] };
}

function outcomeOf(
  obstacle: GateResult,
  { cancellation: { status } }: CancellationFacts,
): CancellationOutcome {
  if (status === 'pending') return 'pending';
  if (status === 'withdrawn') return 'closed';
  return obstacle.outcome === 'wait' ? 'waiting' : (outcomes[obstacle.gate] ?? 'waiting');
}

export function explainCancellation(facts: CancellationFacts): GateResult[] {
  return explainGates(cancellationGates, facts);
}

/** The pieces that a cancellation is about. */
export function piecesOf({ cancellation, order }: CancellationFacts): readonly string[] {
  if (cancellation.unitIds.length > 0) return cancellation.unitIds;
  return order?.isCancelled ? order.units.map(({ unitId }) => unitId) : [];
}

function onLines(facts: CancellationFacts): string[] {
  const lines = new Set(
    facts.order?.units.filter(({ lineNumber }) => lineNumber !== null).map(({ unitId }) => unitId),
  );
  return piecesOf(facts).filter((unitId) => lines.has(unitId));
}

function piecesToTell(facts: CancellationFacts): string[] {
  const own = new Set(facts.own?.state === 'done' ? facts.own.unitIds : []);
  return onLines(facts).filter((unitId) => !facts.told.has(unitId) && !own.has(unitId));
}
