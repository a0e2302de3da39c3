import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../kernel/errors.js';
import { SECOND_MS } from '../../kernel/time.js';
import type { Fence } from '../../outbound/call-fence.js';
import type { DoorAnswer, HttpDoor } from '../../outbound/http-door.js';
import { NoAnswerError } from '../../outbound/no-answer.js';
import { SHOPIFY_API_VERSION, type ShopifyOperation } from './shopify-operations.js';

/** The way to Shopify, for all stores. */
export interface ShopifyAccess {
  door: HttpDoor;
  /** Where a store is: its own host, or a double's. */
  originOf(domain: string): string;
}

/** A store that can be called. */
interface ShopifyCredentials {
  domain: string;
  accessToken: string;
}

const DOMAIN = /^[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com$/;

/** Whether a text is the permanent domain of a store; nothing else is ever called. */
export function isShopifyDomain(text: string): boolean {
  return DOMAIN.test(text);
}

/** Whether the door may lead to an origin: hosts of stores, and the double that stands in their place. */
export function isShopifyOrigin(origin: string, double: string | null): boolean {
  if (double !== null) return origin === double;
  return origin.startsWith('https://') && isShopifyDomain(origin.slice('https://'.length));
}

const MOST_THROTTLED = 3;
const LONGEST_WAIT_MS = 10 * SECOND_MS;

/**
 * One query or mutation. A throttled one is waited for a little and made again.
 * @param fence of a mutation, which is an error without one
 * @throws AppError needs-reauthorization where the token is refused or lacks a scope; channel-unavailable where surely nothing was
 *   done; service-unavailable for a mutation of which nobody knows; configuration-invalid for what Shopify does not understand;
 *   NotSentError when a mutation could not leave in time
 */
export async function callShopify<Variables extends object, Data>(
  access: ShopifyAccess,
  { domain, accessToken }: ShopifyCredentials,
  operation: ShopifyOperation<Variables, Data>,
  variables: Variables,
  fence?: Fence,
): Promise<Data> {
  const body = Buffer.from(JSON.stringify({ query: operation.text, variables }));
  if (operation.writes && !fence)
    throw new AppError('configuration-invalid', `${operation.name} writes to Shopify and has no fence.`);
  for (let throttled = 0; ; throttled++) {
    const leaveBefore = operation.writes ? await fence?.pass() : undefined;
    const answer = await access.door
      .send({
        origin: access.originOf(domain),
        method: 'POST',
        target: `/admin/api/${SHOPIFY_API_VERSION}/graphql.json`,
        headers: { 'content-type': 'application/json', 'x-shopify-access-token': accessToken },
        body,
        leaveBefore,
      })
      .catch((error: unknown) => {
        throw error instanceof NoAnswerError ? unanswered(operation, error) : error;
      });
    const read = readAnswer<Data>(operation, answer);
    if ('data' in read) return read.data;
    if (throttled >= MOST_THROTTLED || read.waitMs > LONGEST_WAIT_MS) throw askedToWait(read.waitMs);
    await sleep(read.waitMs);
  }
}

function unanswered(operation: ShopifyOperation<never, unknown>, cause: NoAnswerError): AppError {
  if (operation.writes && cause.arrived) return inDoubt(cause.message, cause);
  return new AppError('channel-unavailable', `Shopify cannot be reached: ${cause.message}.`, { cause });
}

function inDoubt(why: string, cause?: unknown): AppError {
  return new AppError('service-unavailable', `Shopify may have done it or not: ${why}.`, { cause });
}

function askedToWait(retryAfterMs: number): AppError {
  return new AppError('channel-unavailable', 'Shopify asks to call less often.', { retryAfterMs });
}

interface GraphqlAnswer {
  data?: unknown;
  errors?: { message?: string; extensions?: { code?: string } }[] | string;
  extensions?: {
    cost?: {
      requestedQueryCost?: unknown;
      throttleStatus?: { currentlyAvailable?: unknown; restoreRate?: unknown };
    };
  };
}

/** Codes of Shopify's check of a text and its variables, which comes first; its own failures are written otherwise. */
const BEFORE_ANYTHING = /^([a-z][A-Za-z]+|INVALID_VARIABLE|MAX_COST_EXCEEDED)$/;

function readAnswer<Data>(
  operation: ShopifyOperation<never, Data>,
  { status, text, retryAfterMs }: DoorAnswer,
): { data: Data } | { waitMs: number } {
  if (status === 401 || status === 403) throw refusedToken();
  if (status === 402 || status === 423)
    throw new AppError('channel-unavailable', `The Shopify store is closed or locked (HTTP ${status}).`);
  if (status === 404)
    throw new AppError(
      'configuration-invalid',
      `Shopify knows no such store, or version ${SHOPIFY_API_VERSION} no more.`,
    );
  if (status === 429) return { waitMs: retryAfterMs ?? 2 * SECOND_MS };
  const answer = status === 200 ? parsed(text) : null;
  if (!answer) throw notUnderstood(operation, `HTTP ${status}`);
  const { errors } = answer;
  if (Array.isArray(errors) && errors.length > 0) {
    const codes = errors.map(({ extensions }) => extensions?.code);
    if (codes.includes('THROTTLED')) return { waitMs: waitFor(answer) };
    const message = (errors[0]?.message ?? 'no reason').slice(0, 300);
    if (codes.includes('ACCESS_DENIED'))
      throw new AppError('needs-reauthorization', `Shopify lets the token not do this: ${message}`);
    const isOurs = codes.every((code) => code !== undefined && BEFORE_ANYTHING.test(code));
    // A refusal of the text comes before anything is done; an error inside Shopify may come after it.
    if (isOurs && answer.data === undefined)
      throw new AppError(
        'configuration-invalid',
        `Shopify does not understand ${operation.name}: ${message}`,
      );
    throw notUnderstood(operation, message);
  }
  if (answer.data === undefined || answer.data === null)
    throw notUnderstood(operation, 'an answer without data');
  return { data: answer.data as Data };
}

function notUnderstood(operation: ShopifyOperation<never, unknown>, why: string): AppError {
  if (operation.writes) return inDoubt(why);
  return new AppError('channel-unavailable', `Shopify cannot answer: ${why}.`);
}

function refusedToken(): AppError {
  return new AppError('needs-reauthorization', 'Shopify does not accept the access token of this store.');
}

/** Until the bucket holds what the call costs. */
function waitFor({ extensions }: GraphqlAnswer): number {
  const { requestedQueryCost, throttleStatus } = extensions?.cost ?? {};
  const missing = Number(requestedQueryCost) - Number(throttleStatus?.currentlyAvailable);
  const waitMs = (missing / Number(throttleStatus?.restoreRate)) * SECOND_MS;
  return Number.isFinite(waitMs) ? Math.max(SECOND_MS / 2, Math.ceil(waitMs)) : 2 * SECOND_MS;
}

function parsed(text: string): GraphqlAnswer | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : null;
  } catch {
    return null;
  }
}
