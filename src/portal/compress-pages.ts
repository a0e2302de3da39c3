import type { FastifyInstance } from 'fastify';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const LEAST_BYTES = 1_024;
const pack = promisify(gzip);

/** Pages and the style sheet go out compressed to whoever takes that. Pages of nobody stay as they are: their tokens are not masked. */
export function compressPages(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < LEAST_BYTES || reply.hasHeader('content-encoding'))
      return payload;
    const isAsset = request.url.startsWith('/portal/');
    if (!isAsset && !request.operatorSession) return payload;
    reply.header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return payload;
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return pack(payload);
  });
}
