import type { FastifyInstance } from 'fastify';
import { rawBody, takeRawBodies } from '../../http/raw-bodies.js';
import { SHOPIFY_HOOK_PATH } from './read-shopify.js';
import { mayBeShopify, type TakeShopifyHook } from './take-shopify-webhook.js';

/** An order with hundreds of lines is some hundred kilobytes. */
const BODY_LIMIT_BYTES = 1_048_576;

/**
 * The route for Shopify's webhooks, in a scope of its own: here a body stays the bytes that were sent. Public: what counts is the
 * signature. Shopify: 200 within 5 seconds, anything else comes again.
 */
export function shopifyHookPlugin(take: TakeShopifyHook): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    takeRawBodies(app, BODY_LIMIT_BYTES);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      if (!mayBeShopify(headersOf(request.headers))) return reply.code(401).send();
      return undefined;
    });
    app.post(SHOPIFY_HOOK_PATH, { schema: { hide: true } }, async (request, reply) => {
      const verdict = await take({ ...headersOf(request.headers), body: rawBody(request) });
      return reply.code({ taken: 200, forged: 401, busy: 503 }[verdict]).send();
    });
  };
}

function headersOf(headers: Record<string, unknown>): { signature: string; domain: string; topic: string } {
  const header = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    signature: header('x-shopify-hmac-sha256'),
    domain: header('x-shopify-shop-domain').toLowerCase(),
    topic: header('x-shopify-topic').toLowerCase(),
  };
}
