import type { FastifyInstance } from 'fastify';
import { answerClientError } from './client-errors.js';

/**
 * Bodies have to arrive within `limitMs`. Node's own limit is one for all requests, and a large file on a slow line takes
 * longer than any other body may: routes that take files (`takesFiles`) watch over theirs themselves.
 */
export function registerBodyDeadline(app: FastifyInstance, limitMs: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    if (hasBody(raw.headers) && !request.routeOptions.config.takesFiles) {
      const timer = setTimeout(() => {
        if (!raw.complete) answerClientError(timeout(), raw.socket);
      }, limitMs);
      reply.raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}

function hasBody(headers: NodeJS.Dict<string | string[]>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function timeout(): Error & { code: string } {
  return Object.assign(new Error('The body did not arrive in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
}
