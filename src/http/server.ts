import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify, type FastifyHttpOptions, type FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { writeJson } from '../formats/json.js';
import type { Logger } from '../kernel/log.js';
import { logicbrokerSchemas } from '../logicbroker/all-schemas.js';
import { leftOut, leftOutAreas } from '../logicbroker/left-out.js';
import type { Named } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import { apiVersions, type Api, type ApiVersion, type RouteModule } from './api.js';
import { createAuthentication, type FindCaller } from './auth.js';
import { registerBodyDeadline } from './body-deadline.js';
import { registerBodyNames } from './body-names.js';
import { answerClientError } from './client-errors.js';
import { admit } from './connection-guard.js';
import { createErrorHandler } from './error-handler.js';
import { checkAccept, registerFormats } from './format-plugin.js';
import { registerHealth, type HealthDeps } from './health.js';
import { createHttpServer } from './http-server.js';
import { registerIdempotency } from './idempotency.js';
import { registerLeavingAnswers } from './leaving-answers.js';
import { registerNotFound } from './not-found.js';
import { registerDocs, registerOpenApi, type Tag } from './openapi.js';
import { registerProxyHint } from './proxy-hint.js';
import { registerKnownQueryNames } from './known-query-names.js';
import { parseQuery } from './query-names.js';
import { createRateLimiter, defaultRateLimits, type RateLimits } from './rate-limit.js';
import { registerRequestLog, requestIdOf } from './request-log.js';
import { registerSiteGuard } from './site-guard.js';
import { validationOptions } from './validation.js';
import { registerXmlAnswers } from './xml-answers.js';
import { registerXmlSchemas } from './xml-schemas.js';

export interface ApiSettings {
  /** Shown in the OpenAPI document. */
  version: string;
  bodyLimitBytes?: number;
  /** How long a body may take to arrive; files have their own rule. A minute when left out. */
  bodyTimeoutMs?: number;
  rateLimits?: RateLimits;
  /** Whether `?subscription-key=` counts; headers always do. */
  allowKeyInQuery?: boolean;
  /** Proxies in front whose X-Forwarded-* are believed. */
  trustedProxies?: readonly string[];
  /** The only names under which this server answers, besides those of this machine; null: under all. */
  hosts?: readonly string[] | null;
  /** Whether browsers reach it by https only. */
  secure?: boolean;
}

export interface ApiDeps extends HealthDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  findCaller: FindCaller;
  /** Writes down that a key was refused, and where it came from. */
  tellRefusedKey?: (key: string, range: string) => void;
  settings: ApiSettings;
  /** What is offered below /api/<version>, in every version. */
  routes: RouteModule[];
  /** Of the kinds of documents that the routes carry. */
  documents: { tags: readonly Tag[]; schemas: readonly Named[] };
}

const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const BODY_TIMEOUT_MS = 60_000;

const HSTS_SECONDS = 365 * 24 * 60 * 60;

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * The server with everything that is not of one domain: keys, formats, errors, limits, documents about itself, health.
 * It does not listen yet, and further plugins (the portal) may be registered on it.
 */
export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const { settings, log } = deps;
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = settings;
  const app: FastifyInstance = fastify(serverOptions(settings, log));
  app.decorateRequest('errorCode', null);
  app.decorateRequest('ignoredNames', null);
  app.decorateRequest('idempotencyClaim', null);
  app.setErrorHandler(createErrorHandler(log));
  app.setSerializerCompiler(() => writeJson);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (settings.secure) reply.header('strict-transport-security', `max-age=${HSTS_SECONDS}`);
    done();
  });
  registerLeavingAnswers(app);
  registerSiteGuard(app, { hosts: settings.hosts ?? null });
  registerNotFound(app, inAllVersions(leftOut), inAllVersions(leftOutAreas));
  registerBodyDeadline(app, bodyTimeoutMs);
  if ((settings.trustedProxies ?? []).length === 0) registerProxyHint(app, log);
  registerRequestLog(app, log);
  registerFormats(app);
  const { tags: documentTags } = deps.documents;
  await registerOpenApi(app, { version: settings.version, documentTags });
  for (const schema of schemasOf(deps)) app.addSchema(schema);
  const gate = createGate(deps);
  for (const version of apiVersions)
    await app.register(versionScope(version, deps, gate), { prefix: `/api/${version}` });
  registerHealth(app, deps);
  await registerDocs(app);
  registerXmlSchemas(app);
  return app;
}

function inAllVersions<One extends { path: string }>(list: readonly One[]): One[] {
  return apiVersions.flatMap((version) =>
    list.map((one) => ({ ...one, path: `/api/${version}${one.path}` })),
  );
}

function schemasOf({ documents }: ApiDeps): Named[] {
  return [...logicbrokerSchemas, ...documents.schemas];
}

function serverOptions(settings: ApiSettings, log: Logger): FastifyHttpOptions<Server> {
  const handleError = createErrorHandler(log);
  const { trustedProxies = [], bodyTimeoutMs = BODY_TIMEOUT_MS } = settings;
  return {
    logger: false,
    bodyLimit: settings.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    serverFactory: (handle) => createHttpServer(handle, { bodyTimeoutMs, trustedProxies }),
    trustProxy: trustedProxies.length > 0 ? trustedProxies.join(',') : false,
    exposeHeadRoutes: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    ajv: validationOptions,
    clientErrorHandler: answerClientError,
    frameworkErrors(error, request, reply) {
      handleError(error, request, reply);
    },
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 200,
      querystringParser: parseQuery,
    },
  };
}

/** Keys and limits count over all versions. */
function createGate({ findCaller, tellRefusedKey, clock, settings }: ApiDeps) {
  const { allowKeyInQuery, rateLimits = defaultRateLimits } = settings;
  const authenticate = createAuthentication(findCaller, {
    clock,
    allowKeyInQuery,
    tellRefused: tellRefusedKey,
  });
  const limit = createRateLimiter(rateLimits, clock);
  return { authenticate, limit };
}

function versionScope(version: ApiVersion, deps: ApiDeps, gate: ReturnType<typeof createGate>) {
  const { authenticate, limit } = gate;

  return async function registerVersion(scope: FastifyInstance): Promise<void> {
    const api: Api = scope.withTypeProvider<TypeBoxTypeProvider>();
    api.addHook('onRequest', async (request, reply) => {
      reply.headers(securityHeaders);
      checkAccept(request.headers.accept, request.routeOptions.config.alsoAnswers);
      request.caller = await authenticate(request);
      admit(request.raw.socket);
      limit(request.caller, request.routeOptions.config.rateClass ?? 'default');
    });
    registerKnownQueryNames(scope);
    registerBodyNames(scope, schemasOf(deps));
    registerIdempotency(api, deps);
    registerXmlAnswers(api);
    for (const register of deps.routes) register(api, version);
  };
}
