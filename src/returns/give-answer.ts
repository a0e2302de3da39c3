import type { Actor } from '../companies/actor.js';
import { getConnection } from '../connections/connection-store.js';
import { changeStatus, recordEvents } from '../documents/document-store.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { firstObstacle, refusedBy } from '../kernel/gate.js';
import type { Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import { enqueueAnswer } from './enqueue-answer.js';
import { answerGates, staleGates } from './return-gates.js';
import { questionOf, type Question } from './return-life-cycle.js';
import { answerOf, type ReturnAnswer, type ReturnRecord } from './return-record.js';
import { saveAnswer } from './return-store.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** A refusal that rests on what TikTok showed last; a newer answer of TikTok's may lift it. */
export class StaleRefusal extends AppError {}

interface WantedAnswer {
  step: AnswerStep;
  /** Of the document; null for a status call. */
  contentHash: string | null;
  /** Who gives it. */
  by: Actor;
}

/**
 * Takes an answer of the seller's under the request's lock: the gates decide, it is stored, and on its way to TikTok with
 * the commit.
 * @returns the outbox entry to wake after the commit
 * @throws AppError rule-violated by the gate that refuses, or because the same step was answered before
 */
export async function giveAnswer(
  tx: Tx,
  { clock }: { clock: Clock },
  record: ReturnRecord,
  { step, contentHash, by }: WantedAnswer,
): Promise<bigint> {
  const given = answerOf(record.answers, step);
  if (given && given.state !== 'refused') throw answeredBefore(record, given);
  await checkAnswerable(tx, record, step);
  return sendAnswer(tx, { clock }, record, { contentHash, by });
}

/** @throws AppError rule-violated by the gate that refuses */
export async function checkAnswerable(tx: Tx, record: ReturnRecord, step: AnswerStep): Promise<void> {
  const connection = await getConnection(tx, { id: record.connectionId });
  const obstacle = firstObstacle(answerGates, { record, step, connection });
  if (obstacle?.outcome === 'refuse')
    throw refusedBy(obstacle, staleGates.includes(obstacle.gate) ? StaleRefusal : AppError);
}

/** Stores the answer to what TikTok asks now, and asks TikTok for it. @returns the outbox entry to wake after the commit */
export async function sendAnswer(
  tx: Tx,
  { clock }: { clock: Clock },
  record: ReturnRecord,
  { contentHash, by }: Omit<WantedAnswer, 'step'>,
): Promise<bigint> {
  const question = questionOf(record.shown);
  if (!question) throw new Error(`Return ${record.shown.returnId} passed its gates without a question`);
  await saveAnswer(tx, record.id, answer(question, contentHash, clock));
  const outboxId = await enqueueAnswer(tx, record, question);
  await markAnswered(tx, record, question, by);
  return outboxId;
}

function answer({ step, decision }: Question, contentHash: string | null, clock: Clock): ReturnAnswer {
  return { step, decision, contentHash, state: 'pending', reason: null, askedAt: clock.now() };
}

async function markAnswered(
  tx: Tx,
  record: ReturnRecord,
  { step, decision }: Question,
  by: Actor,
): Promise<void> {
  const { companyId, documentKey } = record;
  if (documentKey === null) return;
  await recordEvents(tx, by, [
    {
      companyId,
      documentKey,
      event: 'return-answered',
      summary:
        step === 'accept'
          ? 'The seller accepts the request.'
          : 'The seller confirms the goods: TikTok refunds the buyer.',
      additional: { decision },
    },
  ]);
  const to = StatusCode.processing;
  await changeStatus(tx, { companyId, keys: [documentKey], type: 'return', to, by });
}

function answeredBefore({ documentKey }: ReturnRecord, { step, state }: ReturnAnswer): AppError {
  const what = step === 'accept' ? 'The request is accepted already' : 'The refund is confirmed already';
  const how = {
    pending: 'and on its way to TikTok',
    in_doubt: 'and it is not known yet whether TikTok has it',
    sent: 'and TikTok has it',
    refused: '',
  }[state];
  const next =
    step === 'accept'
      ? 'To confirm the goods, which refunds the buyer, say so: StatusCode 1000, or status Complete.'
      : 'Nothing to do.';
  return new AppError('rule-violated', `${what}, ${how}.`, {
    details: [{ message: `return ${documentKey}: ${what.toLowerCase()}, ${how}`, next }],
  });
}
