import type { Actor } from '../companies/actor.js';
import type { Tx } from '../store/database.js';
import type { OutboxEntry } from '../sync/effects/outbox.js';
import { APPROVE_RETURN, type AnswerPayload, type AnswerResult } from './enqueue-answer.js';
import { answerOf } from './return-record.js';
import { lockReturn } from './return-store.js';
import { settleAnswerEffect } from './settle-answer.js';

/** Refused answers to requests that TikTok shows as answered so. @returns ids of their outbox entries */
export async function findOvertakenAnswers(tx: Tx, since: Date): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT o.id FROM outbox o
    JOIN return_answers a ON a.return_key = (o.payload->>'returnKey')::bigint AND a.step = o.payload->>'step'
    JOIN returns r ON r.id = a.return_key
    WHERE o.effect = ${APPROVE_RETURN} AND o.state IN ('refused', 'needs_person') AND o.settled_at > ${since}
      AND a.state IN ('refused', 'in_doubt')
      AND (r.stage IN ('refunding', 'completed')
        OR a.step = 'accept' AND r.stage IN ('awaiting-goods', 'goods-under-way'))
    ORDER BY o.id LIMIT 100`;
  return rows.map(({ id }) => id);
}

/** TikTok has an answer that was told as refused. @returns false when it is being sent again */
export async function correctAnswer(
  tx: Tx,
  entry: OutboxEntry<AnswerPayload>,
  _result: AnswerResult,
  by: Actor,
): Promise<boolean> {
  const record = await lockReturn(tx, BigInt(entry.payload.returnKey));
  const state = record && answerOf(record.answers, entry.payload.step)?.state;
  if (state !== 'refused' && state !== 'in_doubt') return false;
  await settleAnswerEffect(tx, entry, { state: 'done', result: { already: false } }, by);
  return true;
}
