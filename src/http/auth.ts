import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';
import type { Caller } from './api.js';

/** Null for a key that nobody holds, that ended or that was revoked. */
export type FindCaller = (key: string) => Promise<Caller | null>;

const LONGEST_KEY = 200;

/**
 * Finds the caller by `subscription-key` in the query (any case) or the headers `SubscriptionKey` and
 * `subscription-key` (Logicbroker: API Authentication).
 * @throws AppError not-authenticated; service-unavailable when the store cannot be asked: fail closed
 */
export async function authenticate(
  findCaller: FindCaller,
  request: FastifyRequest,
  allowKeyInQuery = true,
): Promise<Caller> {
  const caller = await askStore(findCaller, keyOf(request, allowKeyInQuery));
  if (caller) return caller;
  throw new AppError('not-authenticated', 'The API key is not valid.', {
    details: [{ field: 'subscription-key', message: 'is unknown, has ended or was revoked' }],
  });
}

function keyOf(request: FastifyRequest, allowKeyInQuery: boolean): string {
  const query = request.query as Record<string, unknown>;
  const given =
    (allowKeyInQuery ? query['subscription-key'] : undefined) ??
    request.headers['subscriptionkey'] ??
    request.headers['subscription-key'];
  const key = Array.isArray(given) ? given[0] : given;
  if (typeof key === 'string' && key !== '' && key.length <= LONGEST_KEY) return key;
  throw new AppError('not-authenticated', 'An API key is needed.', {
    details: [
      {
        field: 'subscription-key',
        message: allowKeyInQuery
          ? 'give the key as this query parameter or as the header SubscriptionKey'
          : 'give the key as the header SubscriptionKey; it is not taken from the address here',
      },
    ],
  });
}

async function askStore(findCaller: FindCaller, key: string): Promise<Caller | null> {
  try {
    return await findCaller(key);
  } catch (error) {
    throw new AppError('service-unavailable', 'API keys cannot be checked just now.', {
      cause: error,
      retryAfterMs: 5_000,
    });
  }
}
