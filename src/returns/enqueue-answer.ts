import type { Tx } from '../store/database.js';
import { enqueueAgain } from '../sync/effects/enqueue-again.js';
import type { Question } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** Name of the effect; what it does is in approve-effect.ts. */
export const APPROVE_RETURN = 'approve-return';

export interface AnswerPayload {
  /** Our id of the request. */
  returnKey: string;
  step: AnswerStep;
}

/**
 * Asks for an answer on TikTok, in the transaction that stores it. One decision about one request is one effect, whoever
 * asks for it again; only after TikTok has refused it, it is a new one (`enqueueAgain`). The caller holds the request's
 * lock.
 * @returns the id to wake after the commit
 */
export async function enqueueAnswer(
  tx: Tx,
  { id, companyId, connectionId, documentKey, shown }: ReturnRecord,
  { step, decision }: Question,
): Promise<bigint> {
  const payload: AnswerPayload = { returnKey: String(id), step };
  return enqueueAgain(tx, {
    companyId,
    connectionId,
    effect: APPROVE_RETURN,
    naturalKey: `${shown.returnId}:${decision}`,
    orderingKey: `return:${shown.returnId}`,
    ...(documentKey === null ? {} : { documentKey }),
    payload,
    lane: 'urgent',
  });
}

/** What TikTok has after a delivered answer. */
export interface AnswerResult {
  /** Somebody else, or TikTok at its deadline, had said yes before. */
  already: boolean;
}
