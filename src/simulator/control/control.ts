import type { RateLimiter, RateLimitOptions } from '../gateway/rate-limit.js';
import { authorize, deauthorize, exchangeCode, expireTokens } from '../oauth/authorizations.js';
import { redirectTarget } from '../oauth/authorize-pages.js';
import type { Behaviour, SeedName, SimulatorApp } from '../options.js';
import { generateOrders, type GenerateInput } from '../seeds/generate.js';
import type { Effect, Order, Seller, Token } from '../state/model.js';
import { settleDue } from '../state/settle-due.js';
import { asSnapshot, takeSnapshot, type Snapshot } from '../state/snapshot.js';
import type { StateKeeper } from '../state/state-file.js';
import type { Courier } from '../webhooks/courier.js';
import { addShop, type NewShop, type Shop, type World } from '../state/world.js';
import type { ActSpec } from './act-spec.js';
import { performAct } from './acts.js';
import { changeClock, type ClockChange } from './change-clock.js';
import { createOrder, patchOrder } from './change-orders.js';
import { checked, ControlError, found } from './control-error.js';
import type { FaultSpec } from './fault-spec.js';
import type { ActiveFault, FaultBox } from './faults.js';
import { createListingControl } from './listing-control.js';
import { createAuditControl } from './audit-control.js';
import { createWebhookControl } from './webhook-control.js';
import { createProductControl } from './product-control.js';
import type { NewOrder, OrderPatch } from './order-schema.js';
import type { ScheduleBox, ScheduledDeeds } from './schedule.js';
import type { ScheduleSpec } from './schedule-spec.js';
import type { LoggedRequest, RequestFilter, RequestLog } from './request-log.js';
import {
  listCancellations,
  listEffects,
  listOrders,
  listReturns,
  viewClock,
  viewOrder,
  viewShop,
  type CancellationView,
  type CaseFilter,
  type EffectFilter,
  type OrderFilter,
  type OrderView,
  type ReturnView,
  type ShopView,
} from './views.js';

interface ControlDeps {
  state: StateKeeper;
  faults: FaultBox;
  schedule: ScheduleBox;
  requests: RequestLog;
  limiter: RateLimiter;
  courier: Courier;
}

export interface NewSeller {
  name: string;
  email: string;
  password: string;
  baseRegion: string;
}

/** Steering the simulator from the same process; the routes under `/_control` are thin covers over it. */
export type SimulatorControl = ReturnType<typeof createControl>;

export function createControl(deps: ControlDeps) {
  const world = (): World => {
    const current = deps.state.world();
    settleDue(current);
    return current;
  };
  const shopBy = (id: string): Shop => found(world().shops.get(id), `shop ${id}`);
  const orderBy = (id: string): Order => found(world().orders.get(id), `order ${id}`);
  const appBy = (key: string | undefined): SimulatorApp => {
    const apps = world().apps;
    return found(key === undefined ? [...apps.values()][0] : apps.get(key), `app ${key ?? ''}`);
  };
  const sellerBy = (openId: string): Seller => found(world().sellers.get(openId), `seller ${openId}`);

  return {
    apps: (): SimulatorApp[] => [...world().apps.values()],
    putApp: (app: SimulatorApp): SimulatorApp => {
      world().apps.set(app.appKey, app);
      world().changed();
      return app;
    },
    sellers: (): Seller[] => [...world().sellers.values()],
    addSeller: (input: NewSeller): Seller => {
      const seller = { openId: world().ids.next('user'), ...input };
      world().sellers.set(seller.openId, seller);
      world().changed();
      return seller;
    },

    shops: (): ShopView[] => [...world().shops.values()].map((shop) => viewShop(world(), shop)),
    shop: (id: string): ShopView => viewShop(world(), shopBy(id)),
    addShop: (input: NewShop): ShopView => {
      sellerBy(input.openId);
      return viewShop(
        world(),
        checked(() => addShop(world(), input)),
      );
    },

    /** What TikTok makes of the shop: a test shop, or one that is not active. */
    patchShop: (
      id: string,
      patch: { isTest?: boolean; isInactive?: boolean; kycPending?: boolean },
    ): ShopView => {
      Object.assign(shopBy(id), patch);
      world().changed();
      return viewShop(world(), shopBy(id));
    },

    orders: (filter: OrderFilter = {}): OrderView[] => listOrders(world(), filter),
    order: (id: string): OrderView => viewOrder(world(), orderBy(id)),
    addOrder: (shopId: string, input: NewOrder): OrderView => {
      const order = checked(() => createOrder(world(), shopBy(shopId), input));
      return viewOrder(world(), order);
    },
    generate: (shopId: string, input: GenerateInput) =>
      checked(() => generateOrders(world(), shopBy(shopId), input)),
    patchOrder: (id: string, patch: OrderPatch): OrderView =>
      viewOrder(world(), patchOrder(world(), orderBy(id), patch)),
    act: (id: string, act: ActSpec): OrderView => {
      const order = orderBy(id);
      performAct(world(), order, act);
      return viewOrder(world(), order);
    },

    cancellations: (filter: CaseFilter = {}): CancellationView[] => listCancellations(world(), filter),
    returns: (filter: CaseFilter = {}): ReturnView[] => listReturns(world(), filter),
    ...createProductControl(world),
    ...createAuditControl(world),
    ...createListingControl(world),
    ...createWebhookControl(world, () => deps.courier),

    clock: () => viewClock(world()),
    setClock: (change: ClockChange) => {
      checked(() => changeClock(world(), change));
      return viewClock(world());
    },

    /** Installs the app as if the seller had gone through the pages; gives the redirect with the code in it. */
    authorize: (input: { openId: string; appKey?: string | undefined; state?: string | undefined }) => {
      const url = redirectTarget(
        world(),
        { app: appBy(input.appKey), seller: sellerBy(input.openId), state: input.state },
        true,
      );
      return { redirectUrl: url, code: new URL(url).searchParams.get('code') ?? '' };
    },
    /** Authorization and token exchange in one step, for clients that only want to sign calls. */
    grantTokens: (input: { openId: string; appKey?: string | undefined }) => {
      const app = appBy(input.appKey);
      const pair = exchangeCode(world(), app, authorize(world(), app, sellerBy(input.openId)));
      return {
        accessToken: pair.access.token,
        refreshToken: pair.refresh.token,
        accessTokenExpiresSec: pair.access.expiresSec,
        refreshTokenExpiresSec: pair.refresh.expiresSec,
      };
    },
    deauthorize: (input: { openId: string; appKey?: string | undefined }): { existed: boolean } => ({
      existed: deauthorize(world(), appBy(input.appKey).appKey, input.openId),
    }),
    expireTokens: (kind: Token['kind'], openId?: string): { expired: number } => ({
      expired: expireTokens(world(), kind, openId),
    }),

    behaviour: (): Behaviour => world().behaviour,
    setBehaviour: (change: Partial<Behaviour>): Behaviour => {
      Object.assign(world().behaviour, change);
      world().changed();
      return world().behaviour;
    },

    rateLimits: (): RateLimitOptions => deps.limiter.options,
    setRateLimits: (change: Partial<RateLimitOptions>): RateLimitOptions => {
      Object.assign(deps.limiter.options, change);
      deps.limiter.clear();
      return deps.limiter.options;
    },

    /** Also those that are spent; `liveFaults` are those that can still strike. */
    faults: (): readonly ActiveFault[] => deps.faults.list(),
    liveFaults: (): ActiveFault[] => deps.faults.live(),
    addFault: (spec: FaultSpec): ActiveFault => deps.faults.add(spec),
    removeFault: (id: number): void => {
      if (!deps.faults.remove(id)) throw new ControlError(404, `fault ${id} is not known`);
    },
    clearFaults: (): void => deps.faults.clear(),

    /** Lets others act before or after the nth call from now on that matches. */
    schedule: (spec: ScheduleSpec): ScheduledDeeds => deps.schedule.add(spec),
    scheduled: (): readonly ScheduledDeeds[] => deps.schedule.list(),
    unschedule: (id: number): void => {
      if (!deps.schedule.remove(id)) throw new ControlError(404, `schedule ${id} is not known`);
    },
    clearSchedule: (): void => deps.schedule.clear(),

    requests: (filter?: RequestFilter): LoggedRequest[] => deps.requests.list(filter),
    clearRequests: (): void => deps.requests.clear(),
    effects: (filter: EffectFilter = {}): Effect[] => listEffects(world(), filter),
    clearEffects: (): void => {
      world().effects.length = 0;
      world().changed();
    },

    snapshot: (): Snapshot => takeSnapshot(world()),
    restore: (snapshot: unknown): void => deps.state.replace(checked(() => asSnapshot(snapshot))),
    reset: (seed?: SeedName): void => {
      deps.state.reset(seed);
      deps.faults.clear();
      deps.schedule.clear();
      deps.requests.clear();
      deps.limiter.clear();
    },
    health: () => ({
      status: 'ok' as const,
      clock: viewClock(world()),
      shops: world().shops.size,
      orders: world().orders.size,
      faults: deps.faults.live().length,
    }),
  };
}
