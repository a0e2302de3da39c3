import type { FastifyInstance, FastifyReply } from 'fastify';

import type { FaultBox } from '../control/faults.js';
import type { ScheduleBox } from '../control/schedule.js';
import type { RequestLog } from '../control/request-log.js';
import { answerWithFaults, sendAnswer } from '../gateway/answer.js';
import type { SimulatorApp } from '../options.js';
import { requestId } from '../state/identifiers.js';
import type { World } from '../state/world.js';
import { exchangeCode, GrantError, refreshPair, type TokenPair } from './authorizations.js';

type Fields = Readonly<Record<string, unknown>>;
type Grant = (world: World, app: SimulatorApp, fields: Fields) => TokenPair;

interface TokenRoutesDeps {
  world: () => World;
  faults: FaultBox;
  schedule: ScheduleBox;
  requests: RequestLog;
  closing: AbortSignal;
}

/** The token host's calls. Not signed, no token header; HTTP 200 also for refusals, as TikTok does. */
export function registerTokenRoutes(server: FastifyInstance, deps: TokenRoutesDeps): void {
  const get = grant(['authorized_code'], (world, app, fields) =>
    exchangeCode(world, app, text(fields['auth_code'])),
  );
  // The official SDK sends `authorized_code` on refreshing as well; the documents say `refresh_token`.
  const refresh = grant(['refresh_token', 'authorized_code'], (world, app, fields) =>
    refreshPair(world, app, text(fields['refresh_token'])),
  );
  for (const [path, run] of [
    ['/api/v2/token/get', get],
    ['/api/v2/token/refresh', refresh],
  ] as const) {
    server.get<{ Querystring: Fields }>(path, (request, reply) =>
      answer(deps, reply, path, request.query, run),
    );
    // Seen live: these two know GET only and answer anything else in plain text.
    server.post(path, (_request, reply) => reply.code(404).type('text/plain').send('404 page not found'));
  }
  for (const [path, run] of [
    ['/api/token/getAccessToken', get],
    ['/api/token/refreshToken', refresh],
  ] as const) {
    server.post(path, (request, reply) => answer(deps, reply, path, jsonOf(request.body), run));
  }
}

async function answer(
  deps: TokenRoutesDeps,
  reply: FastifyReply,
  path: string,
  fields: Fields,
  run: Grant,
): Promise<FastifyReply> {
  const world = deps.world();
  const { method } = reply.request;
  const id = requestId(world.clock.nowMs());
  const query = new Map(Object.entries(fields).map(([name, value]) => [name, text(value)]));
  const plan = deps.faults.plan(world, { method, path, query });
  const startedMs = performance.now();
  const others = deps.schedule.around(world, { method, path, query }, id);
  const given = await answerWithFaults(plan, id, deps.closing, others, () => {
    const envelope = perform(world, fields, run);
    return {
      httpStatus: 200,
      code: envelope.code,
      message: envelope.message,
      text: JSON.stringify({ ...envelope, request_id: id }),
    };
  });
  deps.requests.add({
    atMs: world.clock.nowMs(),
    method,
    path,
    query,
    body: undefined,
    shopId: undefined,
    httpStatus: given?.httpStatus ?? 0,
    code: given?.code ?? -1,
    message: given?.message ?? '',
    app: world.apps.get(text(fields['app_key']))?.name,
    requestId: id,
    durationMs: performance.now() - startedMs,
    faults: plan.names,
  });
  return sendAnswer(reply, given, world.clock.nowMs());
}

interface GrantEnvelope {
  code: number;
  message: string;
  data: object | null;
}

function perform(world: World, fields: Fields, run: Grant): GrantEnvelope {
  const app = world.apps.get(text(fields['app_key']));
  try {
    // UNCONFIRMED: the code for a wrong key or secret; 36004005 also stands for "wrong app".
    if (app === undefined || app.appSecret !== text(fields['app_secret'])) {
      throw new GrantError(36004005, 'can not find related auth record');
    }
    return { code: 0, message: 'success', data: tokenObject(run(world, app, fields)) };
  } catch (error) {
    if (error instanceof GrantError) return { code: error.code, message: error.message, data: null };
    throw error;
  }
}

function grant(types: readonly string[], run: Grant): Grant {
  return (world, app, fields) => {
    if (!types.includes(text(fields['grant_type']))) {
      throw new GrantError(36009004, "Invalid request. The 'grant_type' query parameter is invalid.");
    }
    return run(world, app, fields);
  };
}

/** Both `…_expire_in` are absolute unix seconds, whatever the name says. */
function tokenObject({ access, refresh, authorization, seller }: TokenPair): object {
  return {
    access_token: access.token,
    access_token_expire_in: access.expiresSec,
    refresh_token: refresh.token,
    refresh_token_expire_in: refresh.expiresSec,
    open_id: seller.openId,
    seller_name: seller.name,
    seller_base_region: seller.baseRegion,
    user_type: 0,
    granted_scopes: authorization.scopes,
  };
}

function jsonOf(body: unknown): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
