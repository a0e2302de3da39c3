import type { FastifyRequest } from 'fastify';
import { keyActor, type KeyActor, type KeyHolder } from '../companies/actor.js';
import { rangeOf } from '../kernel/address-range.js';
import { AppError } from '../kernel/errors.js';
import { createMemory } from '../kernel/memory.js';
import { SECOND_MS, type Clock } from '../kernel/time.js';
import { createKeyGuard } from './key-guard.js';

/** Null for a key that nobody holds, that ended or that was revoked. */
export type FindCaller = (key: string) => Promise<KeyHolder | null>;

interface AuthenticationOptions {
  clock: Clock;
  allowKeyInQuery?: boolean | undefined;
  /** Called for each key that was refused; does not wait, and does not fail. */
  tellRefused?: ((key: string, range: string) => void) | undefined;
}

const LONGEST_KEY = 200;

/** A revoked key may work this much longer; in return, polling does not hit the store. */
const REMEMBER_CALLERS_MS = SECOND_MS;
const MOST_REMEMBERED = 1_000;

/**
 * Finds callers by `subscription-key` in the query (any case) or the headers `SubscriptionKey` and `subscription-key`
 * (Logicbroker: API Authentication). What it returns throws AppError not-authenticated, too-many-requests for who tries many
 * wrong ones, and service-unavailable when the store cannot be asked: fail closed.
 */
export function createAuthentication(
  findCaller: FindCaller,
  { clock, allowKeyInQuery = true, tellRefused }: AuthenticationOptions,
) {
  const remembered = createMemory<KeyHolder>({ keepMs: REMEMBER_CALLERS_MS, most: MOST_REMEMBERED, clock });
  const guard = createKeyGuard(clock);
  const ask = (key: string): Promise<KeyHolder | null> => askStore(findCaller, key);

  return async function authenticate(request: FastifyRequest): Promise<KeyActor> {
    const key = keyOf(request, allowKeyInQuery);
    const known = remembered.get(key);
    if (known) return keyActor(known, request.ip);
    const caller = await guard.find(key, rangeOf(request.ip), ask);
    if (!caller) {
      tellRefused?.(key, rangeOf(request.ip));
      throw new AppError('not-authenticated', 'The API key is not valid.', {
        details: [{ field: 'subscription-key', message: 'is unknown, has ended or was revoked' }],
      });
    }
    remembered.set(key, caller);
    return keyActor(caller, request.ip);
  };
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

async function askStore(findCaller: FindCaller, key: string): Promise<KeyHolder | null> {
  try {
    return await findCaller(key);
  } catch (error) {
    throw new AppError('service-unavailable', 'API keys cannot be checked just now.', {
      cause: error,
      retryAfterMs: 5_000,
    });
  }
}
