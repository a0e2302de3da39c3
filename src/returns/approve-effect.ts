import type { Actor } from '../companies/actor.js';
import { AppError } from '../kernel/errors.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/effects/outbox.js';
import { asRefusal, inDoubt, mayBeOurOwn, PATIENT_ATTEMPTS } from '../sync/effects/tiktok-refusal.js';
import type { ApproveDecision } from '../tiktok/return-calls.js';
import { compareReturn } from './compare-return.js';
import { APPROVE_RETURN, type AnswerPayload, type AnswerResult } from './enqueue-answer.js';
import { correctAnswer, findOvertakenAnswers } from './overtaken-answers.js';
import type { ReturnSource } from './read-details.js';
import { readAndTakeIn } from './refresh-returns.js';
import type { ReturnDeps } from './return-deps.js';
import { answerOf, type ReturnRecord } from './return-record.js';
import { findReturn } from './return-store.js';
import { settleAnswerEffect } from './settle-answer.js';
import type { ShopReturn } from '../domain/return.js';

/** TikTok: Approve Return. */
export function returnEffects(deps: ReturnDeps): EffectDefinition[] {
  return [approveReturnEffect(deps)] as EffectDefinition[];
}

function approveReturnEffect(deps: ReturnDeps): EffectDefinition<AnswerPayload, AnswerResult> {
  return {
    name: APPROVE_RETURN,
    lane: 'urgent',
    leavesByFence: true,
    // The idempotency key is the same for every call, and TikTok refuses a second yes (25020010, 25020011).
    resendSafe: true,

    async send(context) {
      const answer = await open(deps, context);
      const before = await compare(deps, answer);
      if (before.state === 'done') return { already: context.entry.attempts === 1 };
      if (before.state === 'refused') throw before.error;
      if (before.state === 'unknown') throw new AppError('tiktok-unavailable', before.why);
      return approve(deps, answer, context);
    },

    async readBack(context) {
      const shown = await compare(deps, await open(deps, context));
      return shown.state === 'done' ? { state: 'done', result: { already: false } } : shown;
    },

    settle: settleAnswerEffect,
    correct: correctAnswer,
    findOvertaken: findOvertakenAnswers,
  };
}

interface OpenAnswer {
  source: ReturnSource;
  record: ReturnRecord;
  decision: ApproveDecision;
  by: Actor;
}

async function open(
  deps: ReturnDeps,
  { entry, fence, by }: EffectContext<AnswerPayload>,
): Promise<OpenAnswer> {
  const record = await findReturn(deps.db.prisma, BigInt(entry.payload.returnKey));
  const given = record && answerOf(record.answers, entry.payload.step);
  if (!record || !given) throw new Error(`Return ${entry.payload.returnKey} has lost its answer`);
  const source = await deps.openShop(record.connectionId, entry.lane, fence);
  return { source, record, decision: given.decision, by };
}

/** Asked right before the decision is sent: TikTok may have acted by itself meanwhile. */
async function compare(
  deps: ReturnDeps,
  { source, record, decision, by }: OpenAnswer,
): Promise<ReadBack<null>> {
  const { returnId } = record.shown;
  const { returns } = await readAndTakeIn(deps, source, { returnIds: [returnId], by });
  const shown = returns.find((each) => each.returnId === returnId);
  if (shown && isOld(shown, record)) {
    return { state: 'unknown', why: 'TikTok shows an old copy of the request.' };
  }
  return compareReturn(shown, decision);
}

function isOld(shown: ShopReturn, { shown: held }: ReturnRecord): boolean {
  return shown.updatedAt < held.updatedAt;
}

async function approve(
  deps: ReturnDeps,
  answer: OpenAnswer,
  { entry }: EffectContext<AnswerPayload>,
): Promise<AnswerResult> {
  const { source, record, decision } = answer;
  try {
    const { returnId } = record.shown;
    await source.api.approveReturn({ returnId, decision, idempotencyKey: entry.naturalKey });
    return { already: false };
  } catch (thrown) {
    const error = asRefusal(thrown);
    if (!(error instanceof AppError) || error.code !== 'tiktok-refused') throw error;
    // Between reading and deciding TikTok may have moved on: its deadline, the buyer, a lost call of our own.
    const after = await compare(deps, answer);
    if (after.state === 'done') return { already: entry.attempts === 1 };
    if (after.state === 'refused') throw after.error;
    throw mayBeOurOwn(error, entry.attempts) && entry.attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
  }
}
