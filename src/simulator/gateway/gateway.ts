import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { FaultBox, FaultPlan } from '../control/faults.js';
import type { RequestLog } from '../control/request-log.js';
import { requestId } from '../state/identifiers.js';
import { settleDue } from '../state/settle-due.js';
import { shopByCipher, type World } from '../state/world.js';
import { answerWithFaults, sendAnswer } from './answer.js';
import { ApiError, refuse } from './api-error.js';
import { checkRequest, type IncomingCall } from './check-request.js';
import { refusal, success, type Answer } from './envelope.js';
import type { RateLimiter } from './rate-limit.js';
import type { ApiRoute } from './route.js';
import { createRouter, type Router } from './router.js';
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
    const body = loggable(call, request);
    const plan = deps.faults.plan(world, { method: request.method, path: call.path, query: call.query });
    const answer = await answerWithFaults(plan, id, deps.closing, () => {
      try {
        return perform(deps, router, { request, call, body, id, plan });
      } catch (error) {
        return refusal(asApiError(error, request), id);
      }
    });
    deps.requests.add({
      atMs: world.clock.nowMs(),
      method: request.method,
      path: call.path,
      query: call.query,
      body,
      shopId: shopIdOf(world, call),
      httpStatus: answer?.httpStatus ?? 0,
      code: answer?.code ?? -1,
      requestId: id,
      durationMs: performance.now() - startedMs,
      faults: plan.names,
    });
    return sendAnswer(reply, answer, world.clock.nowMs());
  });
}

interface Running {
  request: FastifyRequest;
  call: IncomingCall;
  id: string;
  body: unknown;
  plan: FaultPlan;
}

function perform(deps: GatewayDeps, router: Router, running: Running): Answer {
  const world = deps.world();
  const { request, call, id, plan } = running;
  const match = router(request.method, call.path);
  plan.before(call);
  const checked = checkRequest(world, match.route, call, Date.now());
  const key = [checked.app.appKey, checked.shop?.id ?? '', match.route.method, match.route.path].join(' ');
  if (!deps.limiter.take(key)) throw rateLimited(deps.limiter);
  const body = jsonObject(running.body, call, request);
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

/** The body as parameters. Throws 36009022 when it is something else than a JSON object. */
function jsonObject(body: unknown, call: IncomingCall, request: FastifyRequest): unknown {
  const contentType = request.headers['content-type'];
  if (call.body.length === 0 || isMultipart(contentType)) return undefined;
  const isJson = mediaType(contentType) === 'application/json' || request.method === 'GET';
  if (!isJson || typeof body !== 'object' || body === null) throw refuse('wrongFormat');
  if (!Array.isArray(body)) return body;
  // PHP writes an empty set of parameters as [].
  if (body.length > 0) throw refuse('wrongFormat');
  return {};
}

function shopIdOf(world: World, { query }: IncomingCall): string | undefined {
  return shopByCipher(world, query.get('app_key') ?? '', query.get('shop_cipher') ?? '')?.id;
}
