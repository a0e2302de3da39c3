import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';

/** Names the version of a document. It differs between envelopes by nothing that a client would want to know. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Sets the ETag and tells whether the caller has this version already (If-None-Match): then the answer is 304. */
export function isNotModified(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  reply.header('etag', etagOf(version));
  const known = request.headers['if-none-match'];
  return (
    known !== undefined &&
    tagsOf(known).some((tag) => tag === '*' || withoutWeakness(tag) === etagOf(version))
  );
}

/**
 * Call with the document locked. The comparison is the strong one of RFC 9110: a tag that somebody on the way has made weak
 * does not vouch for every byte.
 * @throws AppError precondition-failed when If-Match names another version than the document has
 */
export function checkIfMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined) return;
  const tags = tagsOf(ifMatch);
  if (tags.includes('*') || tags.includes(etagOf(version))) return;
  const isWeak = tags.some((tag) => withoutWeakness(tag) === etagOf(version));
  throw new AppError(
    'precondition-failed',
    isWeak ? 'If-Match takes strong tags only.' : 'The document has changed since you read it.',
    {
      details: [
        isWeak
          ? { field: 'If-Match', message: 'is a weak tag', next: `Send ${etagOf(version)}, without W/` }
          : { field: 'If-Match', message: `the document is at version ${version}`, next: 'Read it again' },
      ],
    },
  );
}

function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
