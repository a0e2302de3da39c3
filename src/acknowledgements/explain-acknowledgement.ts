import { getConnection } from '../connections/connection-store.js';
import { findDocument } from '../documents/document-store.js';
import { statusName } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { explainGates, type GateResult } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import { readOrderRecords } from '../orders/order-store.js';
import type { Database, Tx } from '../store/database.js';
import { entriesOfDocument, type EntryHistory } from '../sync/effects/outbox-decisions.js';
import { acceptingGates, acknowledgementFactsOf, cancellingGates } from './acknowledgement-gates.js';
import { findAcknowledgement, findOwnCancelOf, type StoredAcknowledgement } from './acknowledgement-store.js';
import type { AcknowledgementKind, AcknowledgementState } from '../domain/acknowledgement.js';

export interface AcknowledgementExplanation {
  key: number;
  status: string;
  errorMessage: string | null;
  kind: AcknowledgementKind;
  state: AcknowledgementState;
  summary: string;
  cancelReason: string | null;
  cancelId: string | null;
  unitIds: string[];
  /** As they would decide now; none for one that came from TikTok. */
  gates: GateResult[];
  /** What was asked of TikTok, call by call. */
  effects: EntryHistory[];
}

/**
 * Why an acknowledgement is where it is: what it means, the gates, and every call to TikTok.
 * @throws AppError not-found
 */
export async function explainAcknowledgement(
  db: Database,
  { companyId, key }: { companyId: number; key: number },
): Promise<AcknowledgementExplanation> {
  const tx = db.prisma;
  const head = await findDocument(db, { companyId, type: 'acknowledgement', key });
  const stored = await findAcknowledgement(tx, { companyId, documentKey: key });
  const [record] = stored ? await readOrderRecords(tx, [stored.orderId]) : [];
  if (!head || !stored || !record) throw new AppError('not-found', `There is no acknowledgement ${key}.`);
  const { kind, state, cancelReason, cancelId, unitIds } = stored;
  return {
    key,
    status: statusName('acknowledgement', head.statusCode),
    errorMessage: head.errorMessage,
    kind,
    state,
    summary: summaryOf(stored),
    cancelReason,
    cancelId,
    unitIds,
    gates: kind === 'pulled' ? [] : await gatesOf(tx, record, stored),
    effects: await entriesOfDocument(tx, { companyId, documentKey: key }),
  };
}

/** Without the acknowledgement itself standing in its own way. */
async function gatesOf(tx: Tx, record: OrderRecord, stored: StoredAcknowledgement): Promise<GateResult[]> {
  const { companyId, orderId, documentKey, kind } = stored;
  const connection = await getConnection(tx, { id: record.connectionId });
  const order = await findDocument(tx, { companyId, type: 'order', key: record.documentKey ?? 0 });
  const own = await findOwnCancelOf(tx, { companyId, orderId });
  const isOther = own && own.state !== 'done' && own.documentKey !== documentKey;
  const facts = acknowledgementFactsOf(
    record,
    order?.statusCode ?? 0,
    connection,
    isOther ? own.documentKey : null,
  );
  return explainGates(kind === 'cancel' ? cancellingGates : acceptingGates, facts);
}

function summaryOf({ kind, state, unitIds }: StoredAcknowledgement): string {
  const pieces = `${unitIds.length} piece${unitIds.length === 1 ? '' : 's'}`;
  switch (kind) {
    case 'accept':
      return 'Accepts the order. Stored here only: TikTok has no place for acceptances.';
    case 'backorder':
      return 'Tells of pieces that will come later. Stored here only; the order stays where it is.';
    case 'pulled':
      return `Tells that TikTok has cancelled ${pieces} of the order.`;
    default:
      return `Cancels the order, ${pieces}: ${outcomes[state]}`;
  }
}

const outcomes: Record<AcknowledgementState, string> = {
  pending: 'TikTok has not decided yet.',
  done: 'TikTok has done it.',
  refused: 'TikTok has refused; the order stays as it is.',
  in_doubt: 'it is not known whether TikTok has done it; a person has to settle it.',
};
