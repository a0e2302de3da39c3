import type { Connection } from '../connections/connection.js';
import type { DocumentHead } from '../documents/document.js';
import type { Recipient } from '../domain/order.js';
import type { GateResult } from '../kernel/gate.js';
import type { FlowView } from '../sync/flows/flows.js';
import type { OrderState } from './order-record.js';

/** What became of one of TikTok's cancellations of an order. Times in UTC. */
export interface ExplainedCancellation {
  cancelId: string;
  /** Who made it: buyer, seller, system, operator or TikTok's own word. */
  by: string;
  /** TikTok's word. */
  status: string;
  reason: string | null;
  reasonText: string | null;
  unitIds: string[];
  requestedAt: Date | null;
  /** While the seller has to answer. */
  answerBy: Date | null;
  outcome: string;
  acknowledgementKey: number | null;
  gates: GateResult[];
}

/** Why an order is where it is, for people and programs. Times in UTC. */
export interface OrderExplanation {
  tiktokOrderId: string;
  /** `not_pulled`: TikTok has it, no pull has taken it in yet. `unknown`: nobody has heard of it. */
  state: OrderState | 'not_pulled' | 'unknown';
  summary: string;
  /** LogicbrokerKey of the document; null while there is none. */
  documentKey: number | null;
  documentStatus: string | null;
  /** Every gate in its order; empty when TikTok shows no such order. */
  gates: GateResult[];
  /** Whether a shipment would be taken now; empty while the ERP does not have the order. */
  shippingGates: GateResult[];
  /** Acknowledgements, shipments and returns, oldest first. */
  documents: DocumentHead[];
  /** TikTok's cancellations of the order, also of one that never came in; oldest first. */
  cancellations: ExplainedCancellation[];
  /** What to do, or what happens without you. */
  nextSteps: string[];
  /** When a waiting order is looked at again. */
  releaseAt: Date | null;
  exportedAt: Date | null;
  tiktok: { status: string; createdAt: Date; paidAt: Date | null; updatedAt: Date; readAt: Date } | null;
  /** An address that TikTok showed after the document was fetched; the document keeps the old one. */
  laterAddress: Recipient | null;
  connection: { id: number; name: string; status: string; statusReason: string | null } | null;
  pull: {
    lastSuccessAt: Date | null;
    lastOutcome: string | null;
    lastError: string | null;
    nextAttemptAt: Date;
    readUpTo: Date | null;
  } | null;
  /** Return requests, imported or not; a return never changes its order. */
  returns: object[];
  /** Other services that it is delivered to. */
  channels: object[];
}

/** What can be said before anything is known of the order itself. */
export function explanationOf(
  tiktokOrderId: string,
  connection: Connection | null,
  flow: FlowView | null,
): OrderExplanation {
  return {
    tiktokOrderId,
    state: 'unknown',
    summary: '',
    documentKey: null,
    documentStatus: null,
    gates: [],
    shippingGates: [],
    documents: [],
    cancellations: [],
    nextSteps: [],
    releaseAt: null,
    exportedAt: null,
    tiktok: null,
    laterAddress: null,
    connection: connection && {
      id: connection.id,
      name: connection.name,
      status: connection.status,
      statusReason: connection.statusReason,
    },
    pull: flow && {
      lastSuccessAt: flow.lastSuccessAt,
      lastOutcome: flow.lastOutcome,
      lastError: flow.lastError,
      nextAttemptAt: flow.nextAttemptAt,
      readUpTo: flow.watermark,
    },
    returns: [],
    channels: [],
  };
}
