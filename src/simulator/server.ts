import fastify, { LogController, type FastifyError, type FastifyInstance } from 'fastify';

import { createControl, type SimulatorControl } from './control/control.js';
import { performDeed } from './control/deeds.js';
import { FaultBox } from './control/faults.js';
import { ScheduleBox } from './control/schedule.js';
import { RequestLog } from './control/request-log.js';
import { isLoopback, registerControl } from './control/control-routes.js';
import { registerActForms } from './acts-page.js';
import { registerCoveragePage } from './coverage.js';
import { refuse, type GatewayRefusal } from './gateway/api-error.js';
import { refusal } from './gateway/envelope.js';
import { registerGateway } from './gateway/gateway.js';
import { RateLimiter } from './gateway/rate-limit.js';
import { registerIndexPage } from './index-page.js';
import { registerAuthorizePages } from './oauth/authorize-pages.js';
import { registerTokenRoutes } from './oauth/token-routes.js';
import { rateLimitOptions, type SimulatorOptions } from './options.js';
import { routingTable } from './routing-table.js';
import { registerSiteGuard } from './site-guard.js';
import { openCourier } from './webhooks/courier.js';
import { requestId } from './state/identifiers.js';
import { openStateFile, type StateKeeper } from './state/state-file.js';

export type { SimulatorControl } from './control/control.js';
export type { SimulatorApp, SimulatorOptions } from './options.js';
export { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_REDIRECT_URL, DEMO_SERVICE_ID } from './options.js';

export interface Simulator {
  /** Origin of everything: authorization pages, token calls, signed API and control API. */
  url: string;
  port: number;
  control: SimulatorControl;
  /** Writes the state file, if there is one, and cuts what is still open. */
  close(): Promise<void>;
}

const INTERNAL_CODE = refuse('internal').code;
const BODY_LIMIT_BYTES = 20 * 1024 * 1024;

/** Starts a TikTok Shop on this machine. Rejects when the port is taken or the state file cannot be read. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const closing = new AbortController();
  const faults = new FaultBox();
  const schedule = new ScheduleBox();
  const requests = new RequestLog();
  const limiter = new RateLimiter(rateLimitOptions(options));
  const state = await openStateFile(options);
  const courier = openCourier(state, closing.signal);
  const control = createControl({ state, faults, schedule, requests, limiter, courier });
  schedule.perform = (deed) => performDeed(control, deed);
  const world = state.world;

  const server = fastify({
    logger: options.logger ?? false,
    // Its own log of requests has no secrets; the token calls' URLs are full of them.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 200 },
  });
  registerSiteGuard(server, [options.host ?? '', ...(options.allowedHosts ?? [])]);
  answerOnlyWhatIsSaved(server, state);
  await server.register(async (scope) => {
    keepRawBodies(scope);
    registerIndexPage(scope, world, requests);
    registerCoveragePage(scope);
    registerActForms(scope, {
      control,
      mayControl: (address) => options.exposeControl === true || isLoopback(address),
    });
    registerAuthorizePages(scope, world);
    registerTokenRoutes(scope, {
      world,
      faults,
      schedule,
      requests,
      closing: closing.signal,
    });
    registerGateway(scope, {
      world,
      routes: routingTable,
      limiter,
      faults,
      schedule,
      requests,
      closing: closing.signal,
    });
  });
  await server.register(registerControl, {
    prefix: '/_control',
    control,
    exposed: options.exposeControl === true,
  });

  await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    closing.abort();
    faults.clear();
    await server.close();
    await courier.close();
    await state.close();
  };
  return { url: `http://${urlHost(options.host ?? '127.0.0.1')}:${port}`, port, control, close };
}

/**
 * Whatever an answer tells, in the signed API, on pages and in the control API, is in the state file before it leaves. Reads
 * wait as well while there is something unsaved: they may tell of it.
 */
function answerOnlyWhatIsSaved(server: FastifyInstance, state: StateKeeper): void {
  server.addHook('onSend', async (request, reply, payload) => {
    try {
      await state.flush();
      return payload;
    } catch (error) {
      request.log.error(error);
      void reply.code(500).removeHeader('content-length').type('application/json; charset=utf-8');
      return '{"error":"the state file cannot be written"}';
    }
  });
}

/** Signatures cover the bytes as sent, so nothing may parse a body before they are checked. */
function keepRawBodies(scope: FastifyInstance): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const refused = refuse(refusalFor(error));
    if (refused.code === INTERNAL_CODE) request.log.error(error);
    const answer = refusal(refused, requestId(Date.now()));
    return reply.code(answer.httpStatus).type('application/json; charset=utf-8').send(answer.text);
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What Fastify itself refuses before a handler runs, in TikTok's terms. */
function refusalFor(error: FastifyError): GatewayRefusal {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'tooLarge';
  return (error.statusCode ?? 500) < 500 ? 'wrongFormat' : 'internal';
}
