import type { Config } from '../config/config.js';
import type { TikTokAccess } from '../connections/tiktok-access.js';
import { noteShopLimit } from '../connections/note-shop-limit.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Database } from '../store/database.js';
import { createCallBudget } from '../sync/budgets/budgets.js';
import { defaultRates, scaledRates } from '../sync/budgets/call-rates.js';
import type { TellShopLimit } from '../sync/budgets/shop-limits.js';
import { createTikTokClient } from '../tiktok/client.js';
import { hostsFor, type HostSettings } from '../tiktok/hosts.js';
import { createHttpDoor, type HttpDoor } from '../outbound/http-door.js';
import { createTokenApi } from '../tiktok/token-api.js';
import { noteCall, type EndedCall } from '../kernel/call-log.js';
import type { Clock } from '../kernel/time.js';
import { simulatorAppOf } from './simulator-app.js';

/** The one door to TikTok and what goes through it, for all roles. Close the door last. */
export function composeTikTok(
  config: Config,
  {
    db,
    clock,
    log,
    metrics,
  }: { db: Database; clock: Clock; log: Logger; metrics: Pick<Metrics, 'observeTikTokCall'> },
): { tiktok: TikTokAccess; door: HttpDoor } {
  const hostSettings = hostSettingsOf(config);
  const origins = serverOrigins(hostSettings);
  const door = createHttpDoor({ clock, leadsTo: (origin) => origins.has(origin) });
  const hosts: Parameters<typeof createTokenApi>[0]['hosts'] = (environment) =>
    hostsFor(environment, hostSettings);
  const observe = (call: EndedCall): void => {
    metrics.observeTikTokCall(call);
    noteCall(call, clock.now());
  };
  const apps = appsOf(config);
  const tiktok: TikTokAccess = {
    client: createTikTokClient({ door, hosts, clock, log, observe }),
    tokenApi: createTokenApi({ door, hosts, log }),
    budget: createCallBudget({ db: db.prisma }, scaledRates(defaultRates, config.tiktokRateFactor), {
      tell: tellOfShops(db, apps, log),
    }),
    hostSettings,
    apps,
  };
  return { tiktok, door };
}

/** A line of history that cannot be written must not fail the call that it is about. */
function tellOfShops(db: Database, apps: TikTokAccess['apps'], log: Logger): TellShopLimit {
  return async ({ appKey, shopId }, limit) => {
    const app = Object.values(apps).find((each) => each.appKey === appKey);
    if (!app) return;
    try {
      await noteShopLimit(db, { environment: app.environment, shopId }, limit);
    } catch (error) {
      log.warn({ shopId, error: messageOf(error) }, 'what TikTok said of a shop was not noted');
    }
  };
}

/** Where this program itself calls; the others are for the seller's browser. */
function serverOrigins(settings: HostSettings): Set<string> {
  const hasSimulator = settings.allowSimulator && settings.simulatorOrigin !== undefined;
  const environments = [...(hasSimulator ? (['simulator'] as const) : []), 'production' as const];
  return new Set(
    environments.flatMap((environment) => {
      const { api, token } = hostsFor(environment, settings);
      return [api, token];
    }),
  );
}

function hostSettingsOf(config: Config): HostSettings {
  const { tiktokApiUrl: api, tiktokTokenUrl: token } = config;
  const { tiktokAuthorizeUrl: authorize, tiktokAuthorizeUsUrl: authorizeUs } = config;
  return {
    allowSimulator: config.allowSimulator,
    production: {
      ...(api === null ? {} : { api }),
      ...(token === null ? {} : { token }),
      ...(authorize === null ? {} : { authorize }),
      ...(authorizeUs === null ? {} : { authorizeUs }),
    },
    ...(config.simulatorUrl === null ? {} : { simulatorOrigin: config.simulatorUrl }),
    ...(config.simulatorBrowserUrl === null ? {} : { simulatorBrowserOrigin: config.simulatorBrowserUrl }),
  };
}

function appsOf(config: Config): TikTokAccess['apps'] {
  const { tiktokAppKey: appKey, tiktokAppSecret: appSecret, tiktokServiceId: serviceId } = config;
  const simulator = simulatorAppOf(config);
  return {
    ...(appKey && appSecret && serviceId
      ? { production: { environment: 'production', appKey, appSecret, serviceId } }
      : {}),
    ...(simulator ? { simulator } : {}),
  };
}
