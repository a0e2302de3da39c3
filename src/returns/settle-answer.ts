import { changeStatus, recordEvents, type NewEvent } from '../documents/document-store.js';
import type { Tx } from '../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../sync/effects/outbox.js';
import { describeError } from '../sync/effects/tiktok-refusal.js';
import type { AnswerPayload, AnswerResult } from './enqueue-answer.js';
import { refreshReturnDocuments } from './render-returns.js';
import { openAction, standingOf } from './return-life-cycle.js';
import type { AnswerState, ReturnRecord } from './return-record.js';
import { clearNextAction, findReturn, lockReturn, settleAnswer } from './return-store.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** What TikTok did with an answer, written to the answer, the document and its history. */
export async function settleAnswerEffect(
  tx: Tx,
  entry: OutboxEntry<AnswerPayload>,
  outcome: EffectOutcome<AnswerResult>,
): Promise<void> {
  const { step } = entry.payload;
  const returnKey = BigInt(entry.payload.returnKey);
  if (!(await lockReturn(tx, returnKey))) throw new Error(`Return ${returnKey} has lost its row`);
  const reason = reasonOf(outcome);
  await settleAnswer(tx, { returnKey, step }, { state: stateOf(outcome), reason });
  const record = await findReturn(tx, returnKey);
  const documentKey = record?.documentKey;
  if (!record || documentKey == null) return;
  if (openAction(record) === null) await clearNextAction(tx, returnKey);
  const { companyId } = record;
  await recordEvents(tx, [eventOf(record, documentKey, step, outcome)]);
  await refreshReturnDocuments(tx, { companyId, keys: [documentKey] });
  const standing = standingOf(record);
  if (standing.to === null) return;
  const { to, reason: errorMessage } = standing;
  await changeStatus(tx, { companyId, keys: [documentKey], type: 'return', to, errorMessage });
}

function stateOf({ state }: EffectOutcome<AnswerResult>): AnswerState {
  if (state === 'done') return 'sent';
  return state === 'refused' ? 'refused' : 'in_doubt';
}

function reasonOf(outcome: EffectOutcome<AnswerResult>): string | null {
  if (outcome.state === 'done') return null;
  return outcome.state === 'refused' ? describeError(outcome.error) : outcome.why;
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
        ? `TikTok had ${what} already: somebody in TikTok Seller Center, or TikTok at its deadline, was first.`
        : `TikTok has ${what}.`,
    };
  }
  const isRefused = outcome.state === 'refused';
  return {
    ...common,
    event: isRefused ? 'return-answer-refused' : 'return-answer-in-doubt',
    summary: isRefused
      ? `TikTok does not take ${what} (${shown.returnId}).`
      : `Nobody knows whether TikTok has ${what} (${shown.returnId}).`,
    details: reasonOf(outcome) ?? '',
  };
}
