import type { PerformMove, StatusByHand } from '../documents/document-definition.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { firstObstacle } from '../kernel/gate.js';
import type { Tx } from '../store/database.js';
import { getConnection } from '../connections/connection-store.js';
import { giveAnswer } from './give-answer.js';
import { refreshReturns } from './refresh-returns.js';
import type { ReturnDeps } from './return-deps.js';
import { answerGates, staleGates } from './return-gates.js';
import { questionOf } from './return-life-cycle.js';
import { answerOf, type ReturnRecord } from './return-record.js';
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
    prepare: ({ companyId, keys, to }) => refreshStale(deps, { companyId, keys, to }),
    async lockFirst(tx, which) {
      await lockReturnsByDocuments(tx, which);
    },
    perform: {
      [StatusCode.responseReceived]: performAnswer(deps, () => 'accept'),
      [StatusCode.complete]: performAnswer(deps, () => 'refund'),
      [StatusCode.submitted]: performAnswer(deps, refusedStep),
    },
  };
}

/** Requests that TikTok may have moved on since the last pull are read again, before anybody says no to the caller. */
async function refreshStale(
  deps: ReturnDeps,
  { companyId, keys, to }: { companyId: number; keys: readonly number[]; to: number },
): Promise<void> {
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
  if (stale.length > 0) await refreshReturns(deps, { companyId, keys: stale });
}

function performAnswer(deps: ReturnDeps, stepOf: (record: ReturnRecord) => AnswerStep | null): PerformMove {
  return async (tx, heads, mode) => {
    const [first] = heads;
    if (!first) return [];
    const keys = heads.map(({ key }) => key);
    const records = await lockReturnsByDocuments(tx, { companyId: first.companyId, keys });
    const done: number[] = [];
    for (const record of records) {
      const isDone = await answer(deps, tx, record, stepOf(record)).catch((error: unknown) => {
        if (mode === 'many' && error instanceof AppError) return false;
        throw error;
      });
      if (isDone && record.documentKey !== null) done.push(record.documentKey);
    }
    return done.toSorted((a, b) => a - b);
  };
}

/** False for an answer that was given before: a caller without an answer may simply repeat. */
async function answer(
  deps: ReturnDeps,
  tx: Tx,
  record: ReturnRecord,
  step: AnswerStep | null,
): Promise<boolean> {
  if (step === null) throw nothingToSend(record);
  const given = answerOf(record.answers, step);
  if (given && given.state !== 'refused') return false;
  // Nobody is woken here, before the commit: the next beat finds the entry.
  await giveAnswer(tx, deps, record, { step, contentHash: given?.contentHash ?? null });
  return true;
}

/** The answer that TikTok has refused, if it still waits for it. */
function refusedStep({ shown, answers }: ReturnRecord): AnswerStep | null {
  const step = questionOf(shown)?.step;
  return step !== undefined && answerOf(answers, step)?.state === 'refused' ? step : null;
}

function nothingToSend({ documentKey }: ReturnRecord): AppError {
  const message = `Return ${documentKey} has no answer that TikTok refused and still waits for.`;
  const next = 'Status ResponseReceived accepts a request, Complete confirms the goods.';
  return new AppError('rule-violated', message, { details: [{ field: 'Status', message, next }] });
}
