import type { FastifyInstance } from 'fastify';
import { rawBody, takeRawBodies } from '../../http/raw-bodies.js';
import { mayBeTikTok, type TakeWebhook } from './take-webhooks.js';

/** Where TikTok sends its webhooks. Public: what counts is the signature. */
export const WEBHOOK_PATH = '/webhooks/tiktok';
/** TikTok's are below one kilobyte, a long list of parcels is a few. */
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The route for TikTok's webhooks, in a scope of its own: here a body stays the bytes that were sent. A request without what looks
 * like a signature is refused before its body is read. TikTok: 200 with an empty body within 3 seconds, 401 for a
 * signature that does not fit, anything else comes again.
 */
export function webhookPlugin(take: TakeWebhook): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    takeRawBodies(app, BODY_LIMIT_BYTES);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      if (!mayBeTikTok(request.headers.authorization)) return reply.code(401).send();
      return undefined;
    });
    app.post(WEBHOOK_PATH, { schema: { hide: true } }, async (request, reply) => {
      const verdict = await take({ header: String(request.headers.authorization), body: rawBody(request) });
      if (verdict === 'busy') reply.header('retry-after', '60');
      return reply.code({ taken: 200, forged: 401, busy: 503 }[verdict]).send();
    });
  };
}
