import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { codecs } from '../codecs/codecs.js';
import { AppError } from '../kernel/errors.js';
import { jsonMediaType, weightedTypes } from './media-types.js';

/** In which documents come and go beside JSON. */
export type FileFormat = Exclude<keyof typeof codecs, 'json'>;

const FORMATS: readonly FileFormat[] = ['xml', 'csv', 'xlsx'];

/** What callers say for a format beside its own media type. */
const ALSO_CALLED: Readonly<Record<FileFormat, readonly string[]>> = {
  xml: ['text/xml'],
  csv: ['application/csv', 'text/comma-separated-values', 'text/x-csv', 'application/x-csv'],
  xlsx: [],
};

/** Media types in which documents are answered besides JSON. */
export const fileMediaTypes: readonly string[] = FORMATS.map((format) => codecs[format].mediaType);

declare module 'fastify' {
  interface FastifyRequest {
    /** The body of a call that brings documents as a file. */
    documentFile: { format: FileFormat; bytes: Buffer } | null;
  }
  interface FastifyContextConfig {
    /** The route takes documents as files, too. */
    takesDocuments?: boolean;
  }
}

/** Lets the routes of this scope that say so (`takesDocuments`) take documents in every format. */
export function registerDocumentFiles(scope: FastifyInstance): void {
  scope.decorateRequest('documentFile', null);
  for (const format of FORMATS) {
    const types = [codecs[format].mediaType, ...ALSO_CALLED[format]];
    scope.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      if (!request.routeOptions.config.takesDocuments) {
        done(body.length === 0 ? null : notHere(request), undefined);
        return;
      }
      if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
        done(new AppError('unsupported-media-type', 'Bodies must be sent without content-encoding.'));
        return;
      }
      request.documentFile = { format, bytes: body };
      // An Idempotency-Key goes with this content.
      request.received = { text: createHash('sha256').update(body).digest('hex'), kept: null };
      done(null, undefined);
    });
  }
}

function notHere({ headers }: FastifyRequest): AppError {
  return new AppError('unsupported-media-type', 'Bodies can be sent as application/json here.', {
    details: [
      {
        field: 'Content-Type',
        message: `${String(headers['content-type']).slice(0, 100)} cannot be read here`,
        next: 'Send application/json.',
      },
    ],
  });
}

/** What a caller wants beside JSON; null: JSON, also where both are as good. */
export function wantedFormat(accept: string | undefined): FileFormat | null {
  if (accept === undefined || accept === '*/*') return null;
  const wanted = weightedTypes(accept);
  const json = Math.max(0, ...wanted.map(({ type, weight }) => (jsonMediaType.test(type) ? weight : 0)));
  // A page that is looked at in a browser is none of these.
  if (wanted.some(({ type }) => type === 'text/html')) return null;
  let best: { format: FileFormat; weight: number } | null = null;
  for (const { type, weight } of wanted) {
    const format = formatOfType(type);
    if (format && weight > json && weight > (best?.weight ?? 0)) best = { format, weight };
  }
  return best?.format ?? null;
}

function formatOfType(type: string): FileFormat | undefined {
  return FORMATS.find((format) => codecs[format].mediaType === type || ALSO_CALLED[format].includes(type));
}
