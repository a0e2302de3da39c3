import type { TikTokEnvironment } from './hosts.js';

/** An app of ours in TikTok's Partner Center (or in the simulator). */
export interface TikTokApp {
  environment: TikTokEnvironment;
  appKey: string;
  appSecret: string;
  /** Names the app on the authorisation page; not the app key. */
  serviceId: string;
}

/** The access token of one authorisation. `version` tells a token that failed from its successor. */
export interface HeldToken {
  token: string;
  version: number;
}

/** Where access tokens come from. Many callers may ask at once; only one refresh reaches TikTok. */
export interface AccessTokens {
  current(): Promise<HeldToken>;
  /** A token newer than `failedVersion`; returns at once when somebody else has refreshed meanwhile. */
  refresh(failedVersion: number): Promise<HeldToken>;
}

/** `urgent`: a buyer or an operator waits for it. `background`: sweeps and backlogs. */
export type Lane = 'urgent' | 'background';

/** What one request is charged to. */
export interface BudgetedCall {
  appKey: string;
  /** TikTok's shop id; for calls of the whole account the seller's open id. */
  shopId: string;
  /** Method and path with placeholders, such as `POST /order/202309/orders/search`. */
  endpoint: string;
  lane: Lane;
}

/** Permission to call, per app, shop and endpoint. */
export interface CallBudget {
  /** Resolves when granted; throws a throttled TikTokError with `retryAfterMs` when the wait is too long for the lane. */
  take(call: BudgetedCall): Promise<void>;
  /** TikTok has said "too many requests"; `retryAfterMs` is null when it did not say for how long. */
  throttled(call: BudgetedCall, retryAfterMs: number | null): Promise<void>;
}

/** The part of pino's logger that is used here. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Values of a query as they are signed; lists travel comma-joined in one parameter. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

export interface TikTokCall {
  /** See BudgetedCall.endpoint. */
  endpoint: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The real path, ids included. */
  path: string;
  query?: Readonly<Record<string, QueryValue>>;
  /** Serialised once, as JSON; absent means no body at all. */
  body?: unknown;
  /** Decides what an answer that never came means: a failed read is repeated later, a write is in doubt. */
  effect: 'read' | 'write';
}

/** On whose behalf a call is made. */
export interface Caller {
  app: TikTokApp;
  tokens: AccessTokens;
  budget: CallBudget;
  shopId: string;
  /** Null for calls of the whole account, where TikTok refuses a cipher. */
  cipher: string | null;
  lane: Lane;
}

export interface TikTokAnswer {
  /** The envelope's `data`; an empty object where TikTok sent none. */
  data: Record<string, unknown>;
  requestId: string | null;
  /** TikTok's clock when it answered (HTTP Date), to the second. */
  serverTime: Date | null;
}

export interface TikTokClient {
  /** @throws TikTokError */
  call(call: TikTokCall, caller: Caller): Promise<TikTokAnswer>;
  /** TikTok's clock minus ours at the last answer, in milliseconds; null before the first. Exact to a second or so. */
  clockSkewMs(): number | null;
}
