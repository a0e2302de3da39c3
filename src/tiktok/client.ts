import type { EndedCall } from '../kernel/call-log.js';
import type { Logger } from '../kernel/log.js';
import type { Lane } from '../kernel/lane.js';
import { toUnixSeconds } from '../kernel/time.js';
import type { Clock } from '../kernel/time.js';
import { judge } from './answer-envelope.js';
import type { TikTokAnswer } from './answer-envelope.js';
import type { Fence } from '../outbound/call-fence.js';
import type { HttpDoor } from '../outbound/http-door.js';
import type { TikTokHosts } from './hosts.js';
import { sendLogged } from './send-logged.js';
import type { CallLine } from './send-logged.js';
import { createServerClock } from './server-clock.js';
import { prepareCall, signedRequest } from './signed-request.js';
import type { PreparedCall, TikTokCall } from './signed-request.js';
import { TikTokError } from './tiktok-errors.js';
import type { Environment } from '../domain/shop.js';

/** An app of ours in TikTok's Partner Center (or in the simulator). */
export interface TikTokApp {
  environment: Environment;
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

/** What one request is charged to. */
export interface BudgetedCall {
  appKey: string;
  /** TikTok's shop id; for calls of the whole account the seller's open id. */
  shopId: string;
  /** Method and path with placeholders, such as `POST /order/202309/orders/search`. */
  endpoint: string;
  lane: Lane;
}

/** When a call was permitted, on the budget's clock: it tells a refusal from a second one of the same wave. */
export interface CallGrant {
  grantedAt: Date;
  /** TikTok has refused the shop as inactive, and this call finds out whether it still does. */
  isProbe?: boolean;
}

/** Permission to call, per app, shop and endpoint. */
export interface CallBudget {
  /** Resolves when granted. @throws AppError tiktok-throttled with `retryAfterMs` when the wait is too long for the lane */
  take(call: BudgetedCall): Promise<CallGrant | undefined>;
  /** TikTok has said "too many requests"; `retryAfterMs` is null when it did not say for how long. */
  throttled(call: BudgetedCall, retryAfterMs: number | null, grant?: CallGrant): Promise<void>;
  /** TikTok takes no call of the shop: none is granted for a while, but one now and then that finds out. */
  inactive?(call: BudgetedCall): Promise<void>;
  /** TikTok has taken a probe. */
  active?(call: BudgetedCall): Promise<void>;
}

/** On whose behalf a call is made. */
export interface Caller {
  app: TikTokApp;
  tokens: AccessTokens;
  budget: CallBudget;
  /** See BudgetedCall.shopId. */
  shopId: string;
  /** Null for calls of the whole account, where TikTok refuses a cipher. */
  cipher: string | null;
  lane: Lane;
  /** Without one only reads are possible. */
  fence?: Fence | undefined;
}

export interface TikTokClient {
  /**
   * One call, signed, budgeted and judged. Repeated by itself at most once for a dead access token and once for a wrong
   * clock: TikTok has then refused before doing anything, so that this is safe for writes too. All other repeats are
   * the caller's decision.
   *
   * @throws TikTokError; NotSentError when the caller's lease does not allow the write any more
   */
  call(call: TikTokCall, caller: Caller): Promise<TikTokAnswer>;
  /** TikTok's clock minus ours at the last answer, in milliseconds; null before the first. Exact to a second or so. */
  clockSkewMs(environment: Environment): number | null;
}

interface ClientDeps {
  door: HttpDoor;
  /** From hostsFor(); throws for an environment that is not allowed here. */
  hosts: (environment: Environment) => TikTokHosts;
  clock: Clock;
  log: Logger;
  /** Told of every call: the endpoint's name without ids, TikTok's code or null when no answer came. */
  observe?: (call: EndedCall) => void;
}

export function createTikTokClient({ door, hosts, clock, log, observe }: ClientDeps): TikTokClient {
  const serverClock = createServerClock(clock);

  async function call(wanted: TikTokCall, caller: Caller): Promise<TikTokAnswer> {
    const prepared = prepareCall(wanted);
    const fence = fenceFor(prepared, caller);
    const charged = chargedTo(caller, prepared);
    let held = await caller.tokens.current();
    let mayRefresh = true;
    let maySetClock = true;
    for (;;) {
      const grant = await caller.budget.take(charged);
      // After the budget, which is the last thing that waits.
      const leaveBefore = await fence?.pass();
      try {
        const answer = await attempt(prepared, caller, { accessToken: held.token, leaveBefore });
        if (grant?.isProbe) await caller.budget.active?.(charged);
        return answer;
      } catch (error) {
        if (!(error instanceof TikTokError)) throw error;
        if (error.reaction === 'throttled')
          await caller.budget.throttled(charged, error.retryAfterMs ?? null, grant);
        if (error.reaction === 'shop-inactive') await caller.budget.inactive?.(charged);
        if (error.reaction === 'refresh-and-repeat' && mayRefresh) {
          mayRefresh = false;
          held = await caller.tokens.refresh(held.version);
        } else if (error.reaction === 'clock-skew' && maySetClock) {
          maySetClock = false;
          if (!serverClock.follow(caller.app.environment)) throw error;
        } else {
          throw error;
        }
      }
    }
  }

  async function attempt(
    prepared: PreparedCall,
    caller: Caller,
    { accessToken, leaveBefore }: { accessToken: string; leaveBefore: number | undefined },
  ): Promise<TikTokAnswer> {
    const { app, cipher } = caller;
    const { effect } = prepared.endpoint;
    const credentials = { appKey: app.appKey, appSecret: app.appSecret, accessToken, cipher };
    const timestamp = toUnixSeconds(serverClock.timeFor(app.environment));
    const signed = signedRequest(hosts(app.environment).api, prepared, credentials, timestamp);
    const request = { ...signed, leaveBefore };
    const sentAt = clock.now();
    const answer = await sendLogged(
      door,
      request,
      log,
      lineOf(prepared, caller),
      (code, durationMs, requestId) => observe?.({ endpoint: prepared.name, code, durationMs, requestId }),
    );
    serverClock.observe(app.environment, answer.serverTime, sentAt);
    return judge(answer, { effect, secrets: [app.appSecret, accessToken, cipher ?? ''] });
  }

  return { call, clockSkewMs: (environment) => serverClock.skewMs(environment) };
}

/** A write that nobody fences could outlive its lease: it is a bug of the caller's, found at its first call. */
function fenceFor({ endpoint, name }: PreparedCall, { fence }: Caller): Fence | undefined {
  if (endpoint.effect === 'read') return undefined;
  if (!fence) throw new Error(`${name} writes, and was called without a fence`);
  return fence;
}

function chargedTo(caller: Caller, prepared: PreparedCall): BudgetedCall {
  return {
    appKey: caller.app.appKey,
    shopId: caller.shopId,
    endpoint: prepared.name,
    lane: caller.lane,
  };
}

function lineOf({ endpoint, path }: PreparedCall, caller: Caller): CallLine {
  const { shopId, lane } = caller;
  return { effect: endpoint.effect, method: endpoint.method, path, shopId, lane };
}
