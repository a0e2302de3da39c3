import { setTimeout as sleep } from 'node:timers/promises';

import type { FastifyReply } from 'fastify';

import type { FaultPlan } from '../control/faults.js';
import type { DeedsAround } from '../control/schedule.js';
import type { Answer } from './envelope.js';

/**
 * Does the call with the faults that strike it, and what others do before and after it. Undefined stands for a connection to be cut, be it before anything
 * was done or after; a refusal is never lost, since then there is nothing to lose.
 */
export async function answerWithFaults(
  plan: FaultPlan,
  requestId: string,
  closing: AbortSignal,
  others: DeedsAround,
  perform: () => Answer,
): Promise<Answer | undefined> {
  if (plan.delayMs > 0) await wait(plan.delayMs, closing);
  await Promise.all(plan.holds);
  others.before();
  if (plan.instead !== undefined) {
    others.after();
    return plan.instead === 'drop' ? undefined : plan.instead(requestId);
  }
  const answer = perform();
  plan.after();
  others.after();
  if (plan.lost === undefined || answer.code !== 0) return answer;
  if (plan.lost.holdMs > 0) await wait(plan.lost.holdMs, closing);
  return plan.lost.answer?.(requestId);
}

async function wait(ms: number, closing: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: closing }).catch(() => undefined);
}

export function sendAnswer(reply: FastifyReply, answer: Answer | undefined, nowMs: number): FastifyReply {
  if (answer === undefined) {
    reply.hijack();
    reply.raw.socket?.destroy();
    return reply;
  }
  // Clients learn TikTok's time from this header; it has to be the time that the orders live in.
  void reply.header('date', new Date(nowMs).toUTCString());
  if (answer.retryAfterSec !== undefined) void reply.header('retry-after', String(answer.retryAfterSec));
  if (answer.headers !== undefined) void reply.headers(answer.headers);
  return reply
    .code(answer.httpStatus)
    .type(answer.contentType ?? 'application/json; charset=utf-8')
    .send(answer.text);
}
