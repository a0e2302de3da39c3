import type { FastifyInstance } from 'fastify';

/**
 * In this scope a body stays the bytes that were sent, whatever it says of its type: they are signed, or read by somebody who
 * knows them.
 * @param limitBytes a longer body is a 413
 */
export function takeRawBodies(app: FastifyInstance, limitBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limitBytes }, (_request, body, done) =>
    done(null, body),
  );
}

/** The bytes of such a body; empty where none was sent. */
export function rawBody({ body }: { body: unknown }): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
