import type { CallBudget, TikTokApp, TikTokClient } from '../tiktok/client.js';
import { hostsFor, type HostSettings, type TikTokHosts } from '../tiktok/hosts.js';
import type { TokenApi } from '../tiktok/token-api.js';
import { refusal } from './refusal.js';
import type { Environment } from '../domain/shop.js';

/** How this program reaches TikTok; made once at start. */
export interface TikTokAccess {
  client: TikTokClient;
  tokenApi: TokenApi;
  budget: CallBudget;
  hostSettings: HostSettings;
  /** Our registration in each environment that is in use. */
  apps: Partial<Record<Environment, TikTokApp>>;
}

/** @throws AppError configuration-invalid when this service has no app there */
export function appFor(access: Pick<TikTokAccess, 'apps'>, environment: Environment): TikTokApp {
  const app = access.apps[environment];
  if (app) return app;
  throw refusal(
    'configuration-invalid',
    `This service has no TikTok app for ${environment}.`,
    'Set app key, app secret and service id of the app and start again.',
  );
}

/** @throws AppError configuration-invalid when the environment is switched off or a host is not allowed */
export function hostsOf(access: Pick<TikTokAccess, 'hostSettings'>, environment: Environment): TikTokHosts {
  return hostsFor(environment, access.hostSettings);
}
