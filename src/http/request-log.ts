import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../kernel/log.js';
import { cut } from '../kernel/redact.js';

const SANE_ID = /^[\w.:-]{1,64}$/;
const LONGEST_PATH = 300;

/** The caller's X-Request-Id, when it is one that a log line can carry. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/** One wide line per request. Never the query (it may carry the API key), never headers or bodies. */
export function registerRequestLog(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        path: cut(request.url.split('?', 1)[0]!, LONGEST_PATH),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        bytes: Number(reply.getHeader('content-length') ?? 0),
        ...callerOf(request),
        ...(request.errorCode && { errorCode: request.errorCode }),
      },
      'request',
    );
    done();
  });
}

function callerOf({ caller }: FastifyRequest): object {
  return caller ? { companyId: caller.companyId, keyId: caller.keyId } : {};
}
