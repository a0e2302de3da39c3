import { connectionGate } from '../connections/connection-gate.js';
import type { Connection } from '../connections/connection.js';
import type { ConnectionSettings } from '../connections/settings.js';
import { firstObstacle, pass, refuse, type Gate, type GateOutcome, type GateResult } from '../kernel/gate.js';
import { toIsoSeconds } from '../kernel/time.js';
import { openAction, questionOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { isOver, type ReturnType, type ShopReturn } from '../domain/return.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** What decides whether a request becomes a document. */
interface ImportFacts {
  shown: ShopReturn;
  settings: Pick<ConnectionSettings, 'pullOtherReturns'>;
}

const typeWords: Record<ReturnType, string> = {
  'return-and-refund': 'a return with refund',
  refund: 'a refund without goods going back',
  replacement: 'a request for a replacement',
  other: 'of a kind that this program does not know',
};

export const importGates: readonly Gate<ImportFacts>[] = [
  {
    name: 'return-and-refund',
    rule: 'Only returns with refund are imported (TikTok: RETURN_AND_REFUND, reverse type 3); pullOtherReturns adds the others, to be read only.',
    decide({ shown, settings }) {
      const what = `The request is ${typeWords[shown.type]} (${shown.typeText || 'no type'}).`;
      if (shown.type === 'return-and-refund') return pass(what);
      if (settings.pullOtherReturns)
        return pass(`${what} The setting pullOtherReturns lets it in, read-only.`);
      return refuse(what, answerElsewhere(shown));
    },
  },
];

/** Why a request stays out; null when it comes in. */
export function importObstacle(facts: ImportFacts): GateResult | null {
  return firstObstacle(importGates, facts);
}

function answerElsewhere({ nextActions }: ShopReturn): string {
  const deadline = nextActions[0]?.deadline;
  const until = deadline ? ` until ${toIsoSeconds(deadline)}, when TikTok decides by itself` : '';
  return `Answer it in TikTok Seller Center${until}.`;
}

/** What decides whether an answer of the seller's goes to TikTok. */
export interface AnswerFacts {
  record: Pick<ReturnRecord, 'shown' | 'answers'>;
  step: AnswerStep;
  connection: Pick<Connection, 'status' | 'statusReason'>;
}

const SELLER_CENTER = 'Handle it in TikTok Seller Center.';

/** In the order in which a person would ask. `wait` does not keep an answer out: it is stored and sent later. */
export const answerGates: readonly Gate<AnswerFacts>[] = [
  connectionGate('Answers'),
  {
    name: 'answered-here',
    rule: 'Only returns with refund are answered here; refund-only and replacement requests are read-only.',
    decide: ({ record: { shown } }) =>
      shown.type === 'return-and-refund'
        ? pass('A return with refund.')
        : refuse(`The request is ${typeWords[shown.type]}, which is read-only here.`, answerElsewhere(shown)),
  },
  {
    name: 'still-open',
    rule: 'A request that is over takes no answer.',
    decide: ({ record: { shown } }) => decideOpen(shown),
  },
  {
    name: 'not-rejected',
    rule: 'What was rejected in TikTok Seller Center is answered already.',
    decide: ({ record: { shown } }) =>
      shown.stage === 'rejected' || shown.stage === 'goods-rejected'
        ? refuse('It was rejected in TikTok Seller Center.', SELLER_CENTER)
        : pass('The seller has not rejected it.'),
  },
  {
    name: 'seller-decides',
    rule: "While TikTok's customer service decides, the seller cannot.",
    decide: ({ record: { shown } }) =>
      shown.arbitration === 'IN_PROGRESS'
        ? refuse("TikTok's customer service has taken the case over.", SELLER_CENTER)
        : pass('The seller decides.'),
  },
  {
    name: 'asked-for',
    rule: 'TikTok takes the answer that it asks for: first yes to the request, then, when the goods are back, the refund.',
    decide: (facts) => decideAsked(facts),
  },
];

/** Names of the gates whose refusal a newer answer of TikTok's may lift. */
export const staleGates: readonly string[] = ['asked-for', 'not-rejected', 'seller-decides'];

function decideOpen({ stage, statusText }: ShopReturn): GateOutcome {
  if (!isOver(stage)) return pass(`TikTok shows ${statusText}.`);
  return stage === 'closed'
    ? refuse(`TikTok has closed the request (${statusText}).`, 'Nothing to do.')
    : refuse(`TikTok refunds the buyer already (${statusText}).`, 'Nothing to do.');
}

function decideAsked({ record, step }: AnswerFacts): GateOutcome {
  const { shown } = record;
  const question = questionOf(shown);
  const isAnswered = openAction(record) === null && shown.nextActions.length > 0;
  if (question?.step === step && !isAnswered) {
    return pass(
      step === 'accept' ? 'TikTok waits for a yes or no to the request.' : 'TikTok waits for the refund.',
    );
  }
  if (shown.stage === 'offered') {
    return refuse('The buyer has to answer the offer that was made in TikTok Seller Center.', SELLER_CENTER);
  }
  if (step === 'accept') return refuse('The request is answered already.', nextAfterAccept(record));
  if (question?.step === 'accept' && !isAnswered) {
    return refuse(
      'The request itself is not answered yet.',
      'Accept it first, with status 600 Response Received.',
    );
  }
  return refuse(
    `TikTok does not ask to confirm the goods (${shown.statusText}).`,
    shown.stage === 'awaiting-goods'
      ? 'Wait until the buyer has sent the goods back.'
      : 'Wait until TikTok asks for it (TikTokNextAction SELLER_RESPOND_RECEIVE_PACKAGE).',
  );
}

function nextAfterAccept(record: AnswerFacts['record']): string {
  const question = openAction(record) && questionOf(record.shown);
  return question?.step === 'refund'
    ? 'To confirm the goods, which refunds the buyer, say so: StatusCode 1000, or status Complete.'
    : 'Nothing to do until the goods are back.';
}
