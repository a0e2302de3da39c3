import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { AppError, errorCatalogue, type ErrorCode } from '../kernel/errors.js';
import { inSlices, type SlicedWork } from '../formats/slices.js';
import type { Logger } from '../kernel/log.js';
import type { Database } from '../store/database.js';
import { MINUTE_MS, type Clock } from '../kernel/time.js';
import type { Api } from './api.js';
import {
  claimKey,
  findKey,
  keepAnswer,
  releaseKey,
  type IdempotencyClaim,
  type KeyedCall,
  type KnownKey,
} from './idempotency-store.js';
import { parseQuery } from './query-names.js';

/** A call that has not answered by then crashed: its key is free again. */
const LOCK_MS = MINUTE_MS;
const LONGEST_KEY = 255;

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyClaim: IdempotencyClaim | null;
  }
}

/**
 * Idempotency-Key as Stripe has it: the first answer under a key is given again for a day, errors included, once the
 * call had passed validation. A key with another body or call is 422; a twin while the first is under way 409. Answers
 * that ask to come back later (429, 503) are not kept: nothing happened.
 * Register on a scope of routes after everything that may refuse a call without running it.
 */
export function registerIdempotency(
  api: Api,
  { db, clock, log }: { db: Database; clock: Clock; log: Logger },
): void {
  api.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.includes('POST') && !methods.includes('PUT')) return;
    route.preHandler = [...[route.preHandler ?? []].flat(), begin];
    route.onSend = [...[route.onSend ?? []].flat(), finish];
  });

  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const key = keyOf(request);
    if (key === null) return undefined;
    if (request.routeOptions.config.answersSecret) throw neverKept();
    const wanted: KeyedCall = {
      companyId: request.caller.companyId,
      key,
      operation: operationOf(request),
      bodyHash: await inSlices(hashOf(request.received?.text ?? '')),
    };
    const now = clock.now();
    const lockedUntil = new Date(now.getTime() + LOCK_MS);
    if (await claimKey(db, wanted, { now, lockedUntil })) {
      request.idempotencyClaim = { companyId: wanted.companyId, key, lockedUntil };
      return undefined;
    }
    return replay(await findKey(db, wanted), wanted, reply);
  }

  async function finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const held = request.idempotencyClaim;
    if (!held) return payload;
    request.idempotencyClaim = null;
    try {
      if (asksToComeBack(request, reply)) await releaseKey(db, held);
      else await keepAnswer(db, held, reply.statusCode, textOf(payload));
    } catch (error) {
      // What the call did is done and stored; its caller shall hear of that. The key frees itself.
      log.warn({ err: error, requestId: request.id }, 'answer not kept for its Idempotency-Key');
    }
    return payload;
  }
}

function neverKept(): AppError {
  return new AppError('invalid-request', 'The answer of this call is a secret, which is not kept.', {
    details: [
      { field: 'Idempotency-Key', message: 'cannot give it again', next: 'Leave the Idempotency-Key out' },
    ],
  });
}

const HASHED_AT_ONCE = 262_144;

/** SHA-256 of the text, in hex. */
function* hashOf(text: string): SlicedWork<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < text.length; at += HASHED_AT_ONCE) {
    if (at > 0) yield;
    hash.update(text.slice(at, at + HASHED_AT_ONCE));
  }
  return hash.digest('hex');
}

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.trim() !== '' && key.length <= LONGEST_KEY) return key;
  throw new AppError('invalid-request', 'The Idempotency-Key is not valid.', {
    details: [{ field: 'Idempotency-Key', message: `must have 1 to ${LONGEST_KEY} characters` }],
  });
}

/** Method, path and query without the API key, which may be given either way. */
function operationOf(request: FastifyRequest): string {
  const [path = '', queryText = ''] = request.url.split('?', 2);
  const query = parseQuery(queryText);
  const rest = Object.entries(query).filter(([name]) => name !== 'subscription-key');
  return `${request.method} ${path.toLowerCase()}?${JSON.stringify(rest.toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function asksToComeBack(request: FastifyRequest, reply: FastifyReply): boolean {
  const code = request.errorCode as ErrorCode | null;
  if (!code || code === 'internal') return false;
  if (code === 'conflict' && reply.hasHeader('retry-after')) return true;
  return reply.statusCode >= 400 && errorCatalogue[code].retry === 'later';
}

function replay(known: KnownKey | null, wanted: KeyedCall, reply: FastifyReply): FastifyReply {
  if (known && (known.operation !== wanted.operation || known.bodyHash !== wanted.bodyHash)) {
    throw new AppError('idempotency-key-reused', 'The Idempotency-Key was used for another call.', {
      details: [
        { field: 'Idempotency-Key', message: 'goes with one call and one body', next: 'Use a new key' },
      ],
    });
  }
  if (!known || known.status === null) {
    throw new AppError('conflict', 'The same call is under way.', {
      details: [{ field: 'Idempotency-Key', message: 'its first call has not answered yet' }],
      retryAfterMs: 1_000,
    });
  }
  return reply
    .code(known.status)
    .header('idempotent-replayed', 'true')
    .type('application/json; charset=utf-8')
    .send(known.response ?? '');
}

function textOf(payload: unknown): string {
  if (Buffer.isBuffer(payload)) return payload.toString('utf8');
  return typeof payload === 'string' ? payload : '';
}
