import type { Actor } from '../companies/actor.js';
import type { PerformMove, StatusByHand } from '../documents/document-kind.js';
import { sendAgain, type Resending } from '../documents/send-again.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { firstObstacle } from '../kernel/gate.js';
import type { Tx } from '../store/database.js';
import { getConnection } from '../connections/connection-store.js';
import { checkAnswerable, giveAnswer, sendAnswer } from './give-answer.js';
import { refreshReturns } from './refresh-returns.js';
import type { ReturnDeps } from './return-deps.js';
import { answerGates, staleGates } from './return-gates.js';
import { questionOf } from './return-life-cycle.js';
import { answerOf, type ReturnAnswer, type ReturnRecord } from './return-record.js';
import { findReturnsByDocuments, lockReturnsByDocuments } from './return-store.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** The answer that a status call gives. */
const stepOfStatus: Readonly<Record<number, AnswerStep>> = {
  [StatusCode.responseReceived]: 'accept',
  [StatusCode.complete]: 'refund',
};

/** What the status call means for returns: 600 and 1000 answer the request, 100 sends a refused answer once more. */
export function returnStatusByHand(
  deps: ReturnDeps,
): Required<Pick<StatusByHand, 'prepare' | 'perform' | 'lockFirst'>> {
  return {
    prepare: (change) => refreshStale(deps, change),
    async lockFirst(tx, which) {
      await lockReturnsByDocuments(tx, which);
    },
    perform: {
      [StatusCode.responseReceived]: performForEach(giveStep(deps, 'accept')),
      [StatusCode.complete]: performForEach(giveStep(deps, 'refund')),
      [StatusCode.submitted]: performForEach(resendAnswer(deps)),
    },
  };
}

type Change = Parameters<NonNullable<StatusByHand['prepare']>>[0];

/** Requests that TikTok may have moved on since the last pull are read again, before anybody says no to the caller. */
async function refreshStale(deps: ReturnDeps, { companyId, keys, to, by }: Change): Promise<void> {
  const step = stepOfStatus[to];
  if (step === undefined) return;
  const tx = deps.db.prisma;
  const stale: number[] = [];
  for (const record of await findReturnsByDocuments(tx, { companyId, keys })) {
    if (answerOf(record.answers, step)) continue;
    const connection = await getConnection(tx, { id: record.connectionId });
    const obstacle = firstObstacle(answerGates, { record, step, connection });
    if (record.documentKey !== null && obstacle && staleGates.includes(obstacle.gate)) {
      stale.push(record.documentKey);
    }
  }
  if (stale.length > 0) await refreshReturns(deps, { companyId, keys: stale, by });
}

/** Does one request's part. @returns outbox entries to wake, or null when there was nothing to do */
type Perform = (tx: Tx, record: ReturnRecord, by: Actor) => Promise<bigint[] | null>;

function performForEach(perform: Perform): PerformMove {
  return async (tx, heads, { mode, by }) => {
    const [first] = heads;
    const keys = heads.map(({ key }) => key);
    const records = first ? await lockReturnsByDocuments(tx, { companyId: first.companyId, keys }) : [];
    const done: number[] = [];
    const wake: bigint[] = [];
    for (const record of records) {
      const entries = await perform(tx, record, by).catch((error: unknown) => {
        if (mode === 'many' && error instanceof AppError) return null;
        throw error;
      });
      if (entries === null || record.documentKey === null) continue;
      done.push(record.documentKey);
      wake.push(...entries);
    }
    return { done: done.toSorted((a, b) => a - b), wake };
  };
}

/** Nothing for an answer that was given before: a caller without an answer may simply repeat. */
function giveStep(deps: ReturnDeps, step: AnswerStep): Perform {
  return async (tx, record, by) => {
    const given = answerOf(record.answers, step);
    if (given && given.state !== 'refused') return null;
    return [await giveAnswer(tx, deps, record, { step, contentHash: given?.contentHash ?? null, by })];
  };
}

function resendAnswer(deps: ReturnDeps): Perform {
  const resending = (by: Actor): Resending<ReturnRecord, ReturnAnswer> => ({
    type: 'return',
    part: 'answer',
    next: 'Status ResponseReceived accepts a request, Complete confirms the goods.',
    refused: async (_tx, record) => refusedAnswer(record),
    async check(tx, record) {
      for (const { step } of refusedAnswer(record)) await checkAnswerable(tx, record, step);
    },
    async ask(tx, record, answers) {
      const wake: bigint[] = [];
      for (const { contentHash } of answers)
        wake.push(await sendAnswer(tx, deps, record, { contentHash, by }));
      return wake;
    },
  });
  return async (tx, record, by) => {
    const { companyId, documentKey } = record;
    if (documentKey === null) return null;
    return sendAgain(tx, resending(by), { companyId, key: documentKey, by }, record);
  };
}

/** The answer that TikTok has refused, if it still waits for it. */
function refusedAnswer({ shown, answers }: ReturnRecord): ReturnAnswer[] {
  const step = questionOf(shown)?.step;
  const given = step && answerOf(answers, step);
  return given?.state === 'refused' ? [given] : [];
}
