import type { FastifyInstance } from 'fastify';
import { answerTooLate } from './client-errors.js';
import { hasBody } from './early-answers.js';

/**
 * Bodies have to arrive within `limitMs`. Node's own limit is one for all requests, and a large file on a slow line takes
 * longer than any other body may: routes that take files (`takesFiles`) watch over theirs themselves.
 */
export function registerBodyDeadline(app: FastifyInstance, limitMs: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    if (hasBody(raw) && !request.routeOptions.config.takesFiles) {
      const timer = setTimeout(() => {
        if (!raw.complete) answerTooLate(raw.socket);
      }, limitMs);
      reply.raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}
