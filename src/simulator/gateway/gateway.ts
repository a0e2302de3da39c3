import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify';

import type { FaultBox, FaultPlan } from '../control/faults.js';
import type { ScheduleBox } from '../control/schedule.js';
import type { RequestLog } from '../control/request-log.js';
import { requestId } from '../state/identifiers.js';
import { settleDue } from '../state/settle-due.js';
import { shopByCipher, type Shop, type World } from '../state/world.js';
import { answerWithFaults, sendAnswer } from './answer.js';
import { ApiError, checkedBy, notSimulated, refuse } from './api-error.js';
import { checkCaller, checkRequest, type IncomingCall } from './check-request.js';
import { callName, isDocumented, refusalFor } from './documented-refusal.js';
import { refusal, success, type Answer } from './envelope.js';
import { readMultipart } from './multipart.js';
import { notSimulatedCall } from './not-simulated.js';
import type { RateLimiter } from './rate-limit.js';
import type { ApiRoute, Caller, RawCall } from './route.js';
import { createRouter, type Match, type Router } from './router.js';
import { checkShopState } from './shop-state.js';
import { isMultipart, mediaType } from './signature.js';

interface GatewayDeps {
  world: () => World;
  routes: readonly ApiRoute[];
  limiter: RateLimiter;
  faults: FaultBox;
  schedule: ScheduleBox;
  requests: RequestLog;
  /** Aborted when the simulator closes, so that no held answer keeps it alive. */
  closing: AbortSignal;
}

/** Everything that is not a page or the control API: the signed API with its envelope. */
export function registerGateway(server: FastifyInstance, deps: GatewayDeps): void {
  const router = createRouter(deps.routes);
  const take: RouteHandlerMethod = async (request, reply) => {
    const world = deps.world();
    settleDue(world);
    const call = incoming(request);
    const id = requestId(world.clock.nowMs());
    const startedMs = performance.now();
    const body = loggable(call, request);
    const target = { method: request.method, path: call.path, query: call.query };
    const plan = deps.faults.plan(world, target);
    const others = deps.schedule.around(world, target, id);
    const answer = await answerWithFaults(plan, id, deps.closing, others, () => {
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
      message: answer?.message ?? '',
      app: world.apps.get(call.query.get('app_key') ?? '')?.name,
      refusedBy: answer?.refusedBy,
      explanation: answer?.explanation,
      isDocumented: answer?.isDocumented,
      answer: answer === undefined || answer.code === 0 ? undefined : answer.text.slice(0, LOGGED_CHARACTERS),
      requestId: id,
      durationMs: performance.now() - startedMs,
      faults: plan.names,
    });
    return sendAnswer(reply, answer, world.clock.nowMs());
  };
  server.all('/*', take);
  server.post('/product/:version/files/upload', { bodyLimit: LARGEST_FILE_BYTES }, take);
}

/** TikTok: videos of up to 100 MB, and what the form adds to them. Other bodies keep the limit of the server. */
const LARGEST_FILE_BYTES = 101 * 1024 * 1024;

/** Of a refusal; more of it would keep whole answers alive. */
const LOGGED_CHARACTERS = 2000;

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
  const match = checkedBy('path', () => findRoute(world, router, request.method, call));
  plan.before(call);
  const checked = checkRequest(world, match.route, call, Date.now());
  const { shop } = checked;
  if (shop !== undefined) checkedBy('shop', () => checkShopState(world, shop, call.path));
  const key = [checked.app.appKey, checked.shop?.id ?? '', match.route.method, match.route.path].join(' ');
  if (!deps.limiter.take(key, match.route.path)) throw rateLimited(deps.limiter);
  const sent = checkedBy('body', () => bodyOf(match, running));
  const caller = {
    world,
    app: checked.app,
    authorization: checked.authorization,
    requestId: id,
    twists: plan.twists,
  };
  const data = runRoute(world, match, caller, checked.shop, {
    params: match.params,
    query: call.query,
    ...sent,
  });
  const answer = success(plan.bend(data), id);
  return { ...answer, text: plan.bendText(answer.text) };
}

/** Throws as the router does, and 501 for what TikTok has and the simulator has not: after the checks that any call must pass. */
function findRoute(world: World, router: Router, method: string, call: IncomingCall): Match {
  const mayEndSo = world.behaviour.trailingSlash === 'accepted';
  const path = mayEndSo ? call.path.replace(/\/$/, '') : call.path;
  try {
    return router(method, path);
  } catch (error) {
    const known = notSimulatedCall(method, path);
    if (known === undefined) throw error;
    checkCaller(world, call, Date.now());
    throw notSimulated(known.name);
  }
}

/** A refusal of the call's own, in the code that the behaviour wants, and with what the documents say of it. */
function runRoute(
  world: World,
  { route }: Match,
  caller: Caller,
  shop: Shop | undefined,
  call: RawCall,
): object {
  try {
    return route.run(caller, shop, call);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const name = callName(route);
    const refused = refusalFor(world.behaviour, name, error);
    refused.refusedBy ??= error.refusedBy ?? 'call';
    refused.isDocumented = isDocumented(name, refused.code);
    throw refused;
  }
}

function rateLimited(limiter: RateLimiter): ApiError {
  const { retryAfterSec } = limiter.options;
  const error = refuse('tooManyRequests', retryAfterSec > 0 ? { retryAfterSec } : {});
  error.refusedBy = 'rate_limit';
  return error;
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

/** What the call takes. Throws 36009022 for JSON in place of a file, and the other way round. */
function bodyOf({ route }: Match, { body, call, request }: Running): Pick<RawCall, 'body' | 'form'> {
  if (route.takesFiles !== true) return { body: jsonObject(body, call, request) };
  const contentType = request.headers['content-type'];
  const form = isMultipart(contentType) ? readMultipart(call.body, contentType) : undefined;
  if (form === undefined) throw refuse('wrongFormat');
  return { body: undefined, form };
}

/** The body as parameters. Throws 36009022 when it is something else than a JSON object. */
function jsonObject(body: unknown, call: IncomingCall, request: FastifyRequest): unknown {
  const contentType = request.headers['content-type'];
  if (call.body.length === 0) return undefined;
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
