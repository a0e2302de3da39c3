import type { Actor } from '../companies/actor.js';
import type { NewEvent } from '../documents/document-store.js';
import { settleDocument, troubleOf } from '../documents/settle-document.js';
import type { Tx } from '../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
import type { AnswerPayload, AnswerResult } from './enqueue-answer.js';
import { returnRenderer } from './render-returns.js';
import { openAction, standingOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { clearNextAction, findReturn, lockReturn, settleAnswer } from './return-store.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** What TikTok did with an answer, written to the answer, the document and its history. */
export async function settleAnswerEffect(
  tx: Tx,
  entry: OutboxEntry<AnswerPayload>,
  outcome: EffectOutcome<AnswerResult>,
  by: Actor,
): Promise<void> {
  const { step } = entry.payload;
  const returnKey = BigInt(entry.payload.returnKey);
  if (!(await lockReturn(tx, returnKey))) throw new Error(`Return ${returnKey} has lost its row`);
  const state = outcome.state === 'done' ? { state: 'sent' as const, reason: null } : troubleOf(outcome);
  await settleAnswer(tx, { returnKey, step }, state);
  const record = await findReturn(tx, returnKey);
  const documentKey = record?.documentKey;
  if (!record || documentKey == null) return;
  if (openAction(record) === null) await clearNextAction(tx, returnKey);
  const document = { companyId: record.companyId, key: documentKey };
  await settleDocument(tx, returnRenderer, document, {
    by,
    standing: standingOf(record),
    events: [eventOf(record, documentKey, step, outcome)],
  });
}

function eventOf(
  { companyId, connectionId, shown }: ReturnRecord,
  documentKey: number,
  step: AnswerStep,
  outcome: EffectOutcome<AnswerResult>,
): NewEvent {
  const common = { companyId, connectionId, documentKey };
  const what = step === 'accept' ? 'the acceptance of the request' : 'the confirmation of the goods';
  if (outcome.state === 'done') {
    // A person who settles by hand says no more than that it is done.
    const already = (outcome.result as AnswerResult | null)?.already === true;
    return {
      ...common,
      event: 'return-approved',
      summary: already
        ? `TikTok had ${what} already: a person in TikTok Seller Center, or TikTok at its deadline, was first.`
        : `TikTok has ${what}.`,
    };
  }
  const { state, reason } = troubleOf(outcome);
  const isRefused = state === 'refused';
  return {
    ...common,
    event: isRefused ? 'return-answer-refused' : 'return-answer-in-doubt',
    summary: isRefused
      ? `TikTok does not take ${what} (${shown.returnId}).`
      : `It is not known whether TikTok has ${what} (${shown.returnId}).`,
    details: reason,
  };
}
