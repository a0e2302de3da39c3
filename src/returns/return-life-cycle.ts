import { errorOf, type DocumentStanding } from '../documents/settle-document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { ApproveDecision } from '../tiktok/return-calls.js';
import { answerOf, type ReturnAnswer, type ReturnRecord } from './return-record.js';
import type { NextAction, ReturnStage, ShopReturn } from '../domain/return.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** What TikTok waits to hear from the seller, and how a yes to it is said. */
export interface Question {
  step: AnswerStep;
  decision: ApproveDecision;
}

/**
 * TikTok: seller_next_action_response. Giving the money back is one step, whether goods were to be sent or not, so that
 * no plain yes to a request can ever do it.
 */
const questions: Readonly<Record<string, Question>> = {
  SELLER_RESPOND_RETURN: { step: 'accept', decision: 'APPROVE_RETURN' },
  SELLER_RESPOND_RECEIVE_PACKAGE: { step: 'refund', decision: 'APPROVE_RECEIVED_PACKAGE' },
  SELLER_RESPOND_REFUND: { step: 'refund', decision: 'APPROVE_REFUND' },
};

/** What TikTok asks now; null when it asks nothing that can be answered here. */
export function questionOf(shown: ShopReturn): Question | null {
  for (const { action } of shown.nextActions) if (Object.hasOwn(questions, action)) return questions[action]!;
  // A request that nobody has answered waits for that, also where TikTok does not name the action.
  if (shown.stage === 'requested' && shown.nextActions.length === 0)
    return questions['SELLER_RESPOND_RETURN']!;
  return null;
}

/**
 * What the seller still has to do: TikTok's next action, unless we know that our answer to it has arrived, which TikTok
 * may show late.
 */
export function openAction({ shown, answers }: Pick<ReturnRecord, 'shown' | 'answers'>): NextAction | null {
  const [next] = shown.nextActions;
  if (!next) return null;
  const asked = Object.hasOwn(questions, next.action) ? questions[next.action] : undefined;
  const given = asked && answerOf(answers, asked.step);
  return given?.state === 'sent' && given.decision === asked?.decision ? null : next;
}

const REJECTED = 'The request was rejected in TikTok Seller Center.';
const GOODS_REJECTED = 'The returned goods were rejected in TikTok Seller Center.';

/**
 * The document's status: what TikTok shows decides, and in between our answers. TikTok may act by itself at any time
 * (at its deadline, for the buyer, after arbitration), so an answer counts only as long as TikTok shows what it answers.
 */
export function standingOf({ shown, answers }: Pick<ReturnRecord, 'shown' | 'answers'>): DocumentStanding {
  const { stage } = shown;
  switch (stage) {
    case 'requested': {
      const step = questionOf(shown)?.step ?? 'accept';
      return standingOfAnswer(answerOf(answers, step), {
        open: StatusCode.underReview,
        answered: step === 'refund' ? StatusCode.complete : StatusCode.responseReceived,
      });
    }
    case 'offered':
    case 'awaiting-goods':
      return { to: StatusCode.responseReceived, errorMessage: null };
    case 'goods-under-way':
      return standingOfAnswer(answerOf(answers, 'refund'), {
        open: StatusCode.responseReceived,
        answered: StatusCode.complete,
      });
    case 'refunding':
    case 'completed':
      return { to: StatusCode.complete, errorMessage: null };
    case 'rejected':
      return { to: StatusCode.ignored, errorMessage: REJECTED };
    case 'goods-rejected':
      return { to: StatusCode.ignored, errorMessage: GOODS_REJECTED };
    case 'closed':
      return { to: StatusCode.ignored, errorMessage: closedReason(shown) };
    default:
      return { to: null, errorMessage: null };
  }
}

function standingOfAnswer(
  answer: ReturnAnswer | undefined,
  { open, answered }: { open: number; answered: number },
): DocumentStanding {
  if (answer === undefined) return { to: open, errorMessage: null };
  switch (answer.state) {
    case 'pending':
      return { to: StatusCode.processing, errorMessage: null };
    case 'in_doubt':
      return { to: StatusCode.processing, errorMessage: errorOf(answer) };
    case 'refused':
      return { to: StatusCode.failed, errorMessage: errorOf(answer) };
    default:
      return { to: answered, errorMessage: null };
  }
}

function closedReason({ arbitration }: ShopReturn): string {
  return arbitration === 'SUPPORT_SELLER'
    ? 'TikTok has decided for the seller and closed the request.'
    : 'TikTok has closed the request: the buyer withdrew it, or did not act in time.';
}

/** Words for people: who brought a request to where it is now. */
export function howItCame(before: Pick<ReturnRecord, 'shown' | 'answers'>, shown: ShopReturn): string {
  const [action] = before.shown.nextActions;
  const question = questionOf(before.shown);
  const ours = question && answerOf(before.answers, question.step);
  if (!approvals[before.shown.stage]?.includes(shown.stage)) return 'TikTok shows it so.';
  if (ours?.state === 'sent') return 'TikTok has taken your answer.';
  return action?.deadline && shown.updatedAt >= action.deadline
    ? `Nobody answered in time: TikTok approved it by itself at the deadline.`
    : 'It was approved in TikTok Seller Center, or by TikTok.';
}

/** Which stages a yes leads to. */
const approvals: Partial<Record<ReturnStage, readonly ReturnStage[]>> = {
  requested: ['awaiting-goods', 'goods-under-way', 'refunding', 'completed'],
  'goods-under-way': ['refunding', 'completed'],
};
