import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';

/** Names the version of a document. It differs between envelopes by nothing that a client would want to know. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Sets the ETag and tells whether the caller has this version already (If-None-Match): then the answer is 304. */
export function isNotModified(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  reply.header('etag', etagOf(version));
  const known = request.headers['if-none-match'];
  return known !== undefined && matches(known, version);
}

/**
 * Call with the document locked.
 * @throws AppError precondition-failed when If-Match names another version than the document has
 */
export function checkIfMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || matches(ifMatch, version)) return;
  throw new AppError('precondition-failed', 'The document has changed since you read it.', {
    details: [{ field: 'If-Match', message: `the document is at version ${version}`, next: 'Read it again' }],
  });
}

function matches(header: string, version: number): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etagOf(version));
}
