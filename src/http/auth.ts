import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';
import type { Clock } from '../time.js';
import type { Caller } from './api.js';

/** Null for a key that nobody holds, that ended or that was revoked. */
export type FindCaller = (key: string) => Promise<Caller | null>;

/** So long a revoked key may still work in this process; in exchange a polling ERP costs no look-up a call. */
const REMEMBER_MS = 2_000;
const REMEMBERED_KEYS = 1_000;
const LONGEST_KEY = 200;

/**
 * Finds the caller by `subscription-key` in the query (any case) or the headers `SubscriptionKey` and
 * `subscription-key` (Logicbroker: API Authentication).
 * @throws AppError not-authenticated; service-unavailable when the store cannot be asked: fail closed
 */
export function createAuthentication(findCaller: FindCaller, clock: Clock) {
  const remembered = new Map<string, { caller: Caller; untilMs: number }>();

  return async function authenticate(request: FastifyRequest): Promise<Caller> {
    const key = keyOf(request);
    const nowMs = clock.now().getTime();
    const known = remembered.get(key);
    if (known && known.untilMs > nowMs) return known.caller;
    const caller = await askStore(findCaller, key);
    if (!caller) {
      remembered.delete(key);
      throw new AppError('not-authenticated', 'The API key is not valid', {
        details: [{ field: 'subscription-key', message: 'unknown, ended or revoked' }],
      });
    }
    if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
    remembered.set(key, { caller, untilMs: nowMs + REMEMBER_MS });
    return caller;
  };
}

function keyOf(request: FastifyRequest): string {
  const query = request.query as Record<string, unknown>;
  const given =
    query['subscription-key'] ?? request.headers['subscriptionkey'] ?? request.headers['subscription-key'];
  const key = Array.isArray(given) ? given[0] : given;
  if (typeof key === 'string' && key !== '' && key.length <= LONGEST_KEY) return key;
  throw new AppError('not-authenticated', 'An API key is needed', {
    details: [
      {
        field: 'subscription-key',
        message: 'give the key as this query parameter or as the header SubscriptionKey',
      },
    ],
  });
}

async function askStore(findCaller: FindCaller, key: string): Promise<Caller | null> {
  try {
    return await findCaller(key);
  } catch (error) {
    throw new AppError('service-unavailable', 'API keys cannot be checked just now', {
      cause: error,
      retryAfterMs: 5_000,
    });
  }
}
