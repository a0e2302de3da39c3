import type { ApproveDecision } from '../tiktok/return-calls.js';
import type { BuyersWords, ReturnLine, ShopReturn } from '../domain/return.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** `not_imported`: a gate keeps it out; decided anew when TikTok shows a change. */
type ReturnState = 'imported' | 'not_imported';

/** `sent`: TikTok has it. `in_doubt`: only a person can tell whether it has. */
type AnswerState = 'pending' | 'sent' | 'refused' | 'in_doubt';

/** An answer of the seller's. One of each step at most. */
export interface ReturnAnswer {
  step: AnswerStep;
  /** What TikTok is told; decided when the seller answers, never later. */
  decision: ApproveDecision;
  /** Of the document that gave it; null when a status call did. */
  contentHash: string | null;
  state: AnswerState;
  /** Why it was refused or is in doubt. */
  reason: string | null;
  askedAt: Date;
}

/** A request with everything that we know of it. */
export interface ReturnRecord {
  id: bigint;
  companyId: number;
  connectionId: number;
  state: ReturnState;
  /** The gate that keeps it out, with its reason; null once imported. */
  gate: string | null;
  gateReason: string | null;
  documentKey: number | null;
  /** TikTok's time at which the newest version that we hold was read. */
  readAt: Date;
  shown: ShopReturn;
  /** Frozen at import; empty before. */
  lines: ReturnLine[];
  /** Null as long as TikTok's history of the request could not be read. */
  words: BuyersWords | null;
  /** Since when nothing personal is kept of it. */
  wipedAt: Date | null;
  /** When the order was placed; null where it could not be read. */
  orderedAt: Date | null;
  answers: ReturnAnswer[];
}

/** Column `returns.data` as PostgreSQL's JSON gives it back: times are ISO text. */
type StoredReturn = Omit<ShopReturn, 'createdAt' | 'updatedAt' | 'nextActions'> & {
  createdAt: string;
  updatedAt: string;
  nextActions: { action: string; deadline: string | null }[];
};

export function returnOf(stored: unknown): ShopReturn {
  const data = stored as StoredReturn;
  return {
    ...data,
    createdAt: new Date(data.createdAt),
    updatedAt: new Date(data.updatedAt),
    nextActions: data.nextActions.map(({ action, deadline }) => ({
      action,
      deadline: deadline === null ? null : new Date(deadline),
    })),
  };
}

export function answerOf(answers: readonly ReturnAnswer[], step: AnswerStep): ReturnAnswer | undefined {
  return answers.find((answer) => answer.step === step);
}
