import { setTimeout as sleep } from 'node:timers/promises';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { FaultBox, FaultPlan } from '../control/faults.js';
import type { RequestLog } from '../control/request-log.js';
import { requestId } from '../state/identifiers.js';
import { settleDue } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import { ApiError, refuse } from './api-error.js';
import { checkRequest, type CheckedCall, type IncomingCall } from './check-request.js';
import { refusal, success, type Answer } from './envelope.js';
import type { RateLimiter } from './rate-limit.js';
import type { ApiRoute } from './route.js';
import { createRouter, type Match, type Router } from './router.js';
import { isMultipart, mediaType } from './signature.js';

export interface GatewayDeps {
  world: () => World;
  routes: readonly ApiRoute[];
  limiter: RateLimiter;
  faults: FaultBox;
  requests: RequestLog;
  /** Aborted when the simulator closes, so that no held answer keeps it alive. */
  closing: AbortSignal;
}

/** Everything that is not a page or the control API: the signed API with its envelope. */
export function registerGateway(server: FastifyInstance, deps: GatewayDeps): void {
  const router = createRouter(deps.routes);
  server.all('/*', async (request, reply) => {
    const world = deps.world();
    settleDue(world);
    const call = incoming(request);
    const id = requestId(world.clock.nowMs());
    const startedMs = performance.now();
    const progress: Progress = { match: undefined, checked: undefined, body: undefined };
    const plan = deps.faults.plan(world, { method: request.method, path: call.path, query: call.query });
    const answer = await answerCall(deps, router, { request, call, id, progress, plan });
    deps.requests.add({
      atMs: world.clock.nowMs(),
      method: request.method,
      path: call.path,
      query: call.query,
      body: progress.body,
      shopId: progress.checked?.shop?.id,
      httpStatus: answer?.httpStatus ?? 0,
      code: answer?.code ?? -1,
      requestId: id,
      durationMs: performance.now() - startedMs,
      faults: plan.names,
    });
    // Clients learn TikTok's time from this header; it has to be the time that the orders live in.
    void reply.header('date', new Date(world.clock.nowMs()).toUTCString());
    return answer === undefined ? hangUp(reply) : send(reply, answer);
  });
}

interface Progress {
  match: Match | undefined;
  checked: CheckedCall | undefined;
  body: unknown;
}

interface Running {
  request: FastifyRequest;
  call: IncomingCall;
  id: string;
  progress: Progress;
  plan: FaultPlan;
}

/** The answer, or undefined when the connection is to be cut. */
async function answerCall(deps: GatewayDeps, router: Router, running: Running): Promise<Answer | undefined> {
  const { plan, id } = running;
  if (plan.delayMs > 0) await wait(plan.delayMs, deps.closing);
  if (plan.instead !== undefined) return plan.instead === 'drop' ? undefined : plan.instead(id);
  let answer: Answer;
  try {
    answer = perform(deps, router, running);
  } catch (error) {
    answer = refusal(asApiError(error, running.request), id);
  }
  plan.after();
  if (plan.lost !== undefined && answer.code === 0) {
    if (plan.lost.holdMs > 0) await wait(plan.lost.holdMs, deps.closing);
    return plan.lost.answer?.(id);
  }
  return answer;
}

function perform(deps: GatewayDeps, router: Router, running: Running): Answer {
  const world = deps.world();
  const { request, call, id, progress, plan } = running;
  const match = router(request.method, call.path);
  progress.match = match;
  progress.body = loggable(call, request);
  plan.before(call);
  const checked = checkRequest(world, match.route, call, Date.now());
  progress.checked = checked;
  const key = [checked.app.appKey, checked.shop?.id ?? '', match.route.method, match.route.path].join(' ');
  if (!deps.limiter.take(key)) throw rateLimited(deps.limiter);
  const body = parseJson(call, request);
  const caller = {
    world,
    app: checked.app,
    authorization: checked.authorization,
    requestId: id,
    twists: plan.twists,
  };
  const data = match.route.run(caller, checked.shop, { params: match.params, query: call.query, body });
  const answer = success(plan.bend(data), id);
  return { ...answer, text: plan.bendText(answer.text) };
}

function rateLimited(limiter: RateLimiter): ApiError {
  const { retryAfterSec } = limiter.options;
  return refuse('tooManyRequests', retryAfterSec > 0 ? { retryAfterSec } : {});
}

function asApiError(error: unknown, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error;
  request.log.error(error, 'simulator failed');
  return refuse('internal');
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.retryAfterSec !== undefined) void reply.header('retry-after', String(answer.retryAfterSec));
  return reply
    .code(answer.httpStatus)
    .type(answer.contentType ?? 'application/json; charset=utf-8')
    .send(answer.text);
}

function hangUp(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

async function wait(ms: number, closing: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: closing }).catch(() => undefined);
}

function incoming(request: FastifyRequest): IncomingCall {
  const [path = '', search = ''] = request.raw.url?.split(/\?(.*)/s, 2) ?? [];
  const query = new Map<string, string>();
  // UNCONFIRMED: of a repeated name the first value counts.
  for (const [name, value] of new URLSearchParams(search)) if (!query.has(name)) query.set(name, value);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { path, query, headers: request.headers, body };
}

function loggable(call: IncomingCall, request: FastifyRequest): unknown {
  if (call.body.length === 0) return undefined;
  if (isMultipart(request.headers['content-type'])) return `${call.body.length} bytes of multipart/form-data`;
  try {
    return JSON.parse(call.body.toString('utf8')) as unknown;
  } catch {
    return call.body.toString('utf8');
  }
}

function parseJson(call: IncomingCall, request: FastifyRequest): unknown {
  if (call.body.length === 0 || isMultipart(request.headers['content-type'])) return undefined;
  if (request.method !== 'GET' && mediaType(request.headers['content-type']) !== 'application/json') {
    throw refuse('wrongFormat');
  }
  try {
    const value: unknown = JSON.parse(call.body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through to the same refusal: not a JSON object.
  }
  throw refuse('wrongFormat');
}
