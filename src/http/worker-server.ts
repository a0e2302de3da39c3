import { fastify, type FastifyInstance } from 'fastify';
import type { Logger } from '../kernel/log.js';
import { sendJson } from './envelope.js';
import { createErrorHandler } from './error-handler.js';
import { registerHealth, type HealthDeps } from './health.js';

const REQUEST_TIMEOUT_MS = 10_000;
const BODY_LIMIT_BYTES = 1_024;

/** What watches a worker asks: live, ready, metrics, and nothing else. It does not listen yet. */
export function buildWorkerServer({ log, ...health }: HealthDeps & { log: Logger }): FastifyInstance {
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
  });
  app.setErrorHandler(createErrorHandler(log));
  app.setNotFoundHandler((_request, reply) =>
    sendJson(reply.code(404), '{"status":"a worker answers /health/live, /health/ready and /metrics only"}'),
  );
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    done();
  });
  registerHealth(app, health);
  return app;
}
