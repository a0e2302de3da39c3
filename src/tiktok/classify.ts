import { codeRules, unknownCodeRule } from './error-rules.js';
import type { CodeRule } from './error-rules.js';
import type { NoAnswerError } from '../outbound/no-answer.js';
import { hideSecrets } from './hide-secrets.js';
import { INACTIVE_WAIT_MS, SHOP_INACTIVE } from './shop-inactive.js';
import { TikTokError } from './tiktok-errors.js';
import type { Reaction } from './tiktok-errors.js';

/** An answer that is not a success, in what matters for judging it. */
export interface Refusal {
  tiktokCode: string;
  message: string;
  httpStatus: number;
  requestId: string | null;
  retryAfterMs: number | null;
}

export type Effect = 'read' | 'write';

const MESSAGE_LIMIT = 300;

const appKeyRule: CodeRule = {
  reaction: 'bug',
  text: 'TikTok does not know the app key.',
  next: "Compare the app key with Partner Center's.",
  code: 'configuration-invalid',
};
const malformedRule: CodeRule = {
  reaction: 'bug',
  text: 'TikTok does not accept the request.',
  next: 'Report this with the request id: the request that we sent is wrong.',
};
const clockRule: CodeRule = {
  reaction: 'clock-skew',
  text: "TikTok does not accept the request's time.",
  next: "Set this machine's clock (NTP): TikTok takes 5 minutes behind and 30 seconds ahead.",
};

const inactiveRule: CodeRule = { reaction: 'shop-inactive', ...SHOP_INACTIVE };

/**
 * 36009004 is one code for many causes, so its message is all there is to tell them apart. This is the only place
 * where the wording of a message decides anything.
 */
function ruleOfInvalidRequest(message: string): CodeRule {
  if (/access[ _-]?token/i.test(message)) return codeRules.get('105001') ?? malformedRule;
  // UNCONFIRMED: code and words; TikTok's changelog says only that such calls are refused.
  if (/\binactive\b/i.test(message)) return inactiveRule;
  if (/timestamp/i.test(message)) return clockRule;
  if (/app[ _-]?key/i.test(message)) return appKeyRule;
  return malformedRule;
}

/** The error for an answer whose `code` is not 0. The code decides, whatever the HTTP status says. */
export function errorOfRefusal(refusal: Refusal, effect: Effect): TikTokError {
  const rule = ruleOf(refusal);
  const said = hideSecrets(refusal.message, []).slice(0, MESSAGE_LIMIT);
  return new TikTokError({
    reaction: reactionFor(rule.reaction, effect),
    message: said ? `${rule.text} TikTok says: ${said} (code ${refusal.tiktokCode})` : rule.text,
    next: rule.next,
    tiktokCode: refusal.tiktokCode,
    httpStatus: refusal.httpStatus,
    requestId: refusal.requestId,
    retryAfterMs: refusal.retryAfterMs ?? (rule.reaction === 'shop-inactive' ? INACTIVE_WAIT_MS : null),
    ...(rule.code && { code: rule.code }),
  });
}

function ruleOf(refusal: Refusal): CodeRule {
  if (refusal.tiktokCode === '36009004') return ruleOfInvalidRequest(refusal.message);
  const rule = codeRules.get(refusal.tiktokCode);
  if (rule) return rule;
  if (refusal.httpStatus === 429) return codeRules.get('36009002') ?? unknownCodeRule;
  if (refusal.httpStatus >= 500) return codeRules.get('36009003') ?? unknownCodeRule;
  return unknownCodeRule;
}

/** A read has no effect that could be in doubt. */
function reactionFor(reaction: Reaction, effect: Effect): Reaction {
  return reaction === 'in-doubt' && effect === 'read' ? 'retry-later' : reaction;
}

/** The error for an answer without TikTok's envelope: a proxy's page, a redirect, an overloaded server. */
export function errorOfUnreadableAnswer(
  answer: { httpStatus: number; retryAfterMs: number | null; problem: string },
  effect: Effect,
): TikTokError {
  const isThrottled = answer.httpStatus === 429;
  return new TikTokError({
    reaction: isThrottled ? 'throttled' : reactionFor('in-doubt', effect),
    message: `TikTok answered with HTTP ${answer.httpStatus} and ${answer.problem}.`,
    next: nextAfterSilence(isThrottled ? 'read' : effect),
    httpStatus: answer.httpStatus,
    retryAfterMs: answer.retryAfterMs,
  });
}

/** The error for a call without an answer. A write that surely never arrived can be sent again like a read. */
export function errorOfSilence(failure: NoAnswerError, effect: Effect): TikTokError {
  const harm = failure.arrived ? effect : 'read';
  return new TikTokError({
    reaction: reactionFor('in-doubt', harm),
    message: `No answer from TikTok: ${failure.message}.`,
    next: nextAfterSilence(harm),
    cause: failure,
  });
}

function nextAfterSilence(effect: Effect): string {
  return effect === 'read'
    ? 'Nothing to do: the service tries again.'
    : 'Nothing to do: the service reads back what TikTok has, then decides whether to send again.';
}
