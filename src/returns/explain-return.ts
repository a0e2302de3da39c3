import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { findDocument } from '../documents/document-store.js';
import { statusName } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { explainGates, type GateResult } from '../kernel/gate.js';
import type { Database } from '../store/database.js';
import { DECIDE_BY_HAND } from '../sync/effects/decide-by-hand.js';
import { entriesOfDocument, type EntryHistory } from '../sync/effects/outbox-decisions.js';
import { toIsoSeconds } from '../kernel/time.js';
import { answerGates, importGates } from './return-gates.js';
import { openAction, questionOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { findReturnsByDocuments, findReturnsByTiktokId, findReturnsOfOrder } from './return-store.js';

type ExplainedReturn = { companyId: number } & ({ key: number } | { returnId: string });

/** Why a request is where it is, for people and programs. */
export interface ReturnExplanation {
  record: ReturnRecord;
  status: string | null;
  errorMessage: string | null;
  summary: string;
  nextSteps: string[];
  importGates: GateResult[];
  /** About the answer that TikTok asks for; empty for a request that is not imported. */
  answerGates: GateResult[];
  /** What was asked of TikTok, call by call. */
  effects: EntryHistory[];
}

/**
 * Explains a request of the company by its document key or TikTok's id, whether it was imported or not.
 * @throws AppError not-found
 */
export async function explainReturn(
  { db }: { db: Database },
  which: ExplainedReturn,
): Promise<ReturnExplanation> {
  const { companyId } = which;
  const tx = db.prisma;
  const [record] =
    'key' in which
      ? await findReturnsByDocuments(tx, { companyId, keys: [which.key] })
      : await findReturnsByTiktokId(tx, which);
  if (!record) throw new AppError('not-found', 'There is no such return.');
  const { documentKey } = record;
  const document =
    documentKey === null ? null : await findDocument(db, { companyId, type: 'return', key: documentKey });
  const connection = await getConnection(tx, { id: record.connectionId });
  const status = document && statusName('return', document.statusCode);
  const answers = documentKey === null ? [] : explainAnswer(record, connection);
  const effects = documentKey === null ? [] : await entriesOfDocument(tx, { companyId, documentKey });
  return {
    record,
    status,
    errorMessage: document?.errorMessage ?? null,
    summary: summaryOf(record, status),
    nextSteps: answerUnderWay(effects) ?? nextStepsOf(record, answers),
    importGates: explainGates(importGates, { shown: record.shown, settings: connection.settings }),
    answerGates: answers,
    effects,
  };
}

function explainAnswer(record: ReturnRecord, connection: Connection): GateResult[] {
  const step = questionOf(record.shown)?.step ?? 'accept';
  return explainGates(answerGates, { record, step, connection });
}

function summaryOf({ shown, documentKey, gateReason }: ReturnRecord, status: string | null): string {
  return documentKey === null
    ? `The request is not imported: ${gateReason}`
    : `The request is return ${documentKey}, which is ${status ?? 'not there'}; TikTok shows ${shown.statusText}.`;
}

/** While an answer of the seller is stored, another one is not what is wanted. */
function answerUnderWay(effects: readonly EntryHistory[]): string[] | null {
  if (effects.some(({ state }) => state === 'needs_person')) return [DECIDE_BY_HAND];
  const waiting = effects.find(({ state }) => ['pending', 'sending', 'in_doubt'].includes(state));
  if (!waiting) return null;
  return [
    `Nothing to do: your answer is stored and is sent to TikTok ${toIsoSeconds(waiting.nextAttemptAt)} or soon after.`,
  ];
}

function nextStepsOf(record: ReturnRecord, gates: readonly GateResult[]): string[] {
  const action = openAction(record);
  const question = action && questionOf(record.shown);
  const until = action?.deadline
    ? ` until ${toIsoSeconds(action.deadline)}; TikTok decides by itself then`
    : '';
  if (record.documentKey === null) return action ? [`Answer it in TikTok Seller Center${until}.`] : [];
  const obstacles = gates.flatMap((gate) => (gate.outcome === 'pass' ? [] : gate.next));
  if (obstacles.length > 0 || !question) return obstacles;
  return question.step === 'accept'
    ? [`Accept the request (status 600 Response Received)${until}. To refuse it use TikTok Seller Center.`]
    : [`Confirm the goods (status 1000 Complete), which refunds the buyer${until}.`];
}

/** The requests for an order, in a few words each: shown where the order is explained. */
export async function returnsOfOrder(
  { db }: { db: Database },
  which: { companyId: number; tiktokOrderId: string },
): Promise<object[]> {
  const records = await findReturnsOfOrder(db.prisma, which);
  return records.map((record) => {
    const { shown, documentKey, state, gateReason } = record;
    const action = openAction(record);
    return {
      ReturnNumber: shown.returnId,
      LogicbrokerKey: documentKey === null ? undefined : String(documentKey),
      State: state,
      Reason: gateReason ?? undefined,
      TikTokStatus: shown.statusText,
      TikTokType: shown.typeText,
      TikTokOrderLineIds: shown.units.map(({ unitId }) => unitId),
      NextAction: action?.action,
      Deadline: action?.deadline ? toIsoSeconds(action.deadline) : undefined,
    };
  });
}
