import { flag, httpOrigin, text } from './config-readers.js';
import { setting } from './setting.js';

/** The app at TikTok, and where TikTok is. */
export const tiktokSettings = {
  tiktokAppKey: setting<string | null>({
    env: 'TIKTOK_APP_KEY',
    default: null,
    defaultText: '',
    meaning: 'App key from TikTok Shop Partner Center.',
    read: text,
  }),
  tiktokAppSecret: setting<string | null>({
    env: 'TIKTOK_APP_SECRET',
    default: null,
    defaultText: '',
    meaning: 'App secret from Partner Center.',
    secret: true,
    read: text,
  }),
  tiktokServiceId: setting<string | null>({
    env: 'TIKTOK_SERVICE_ID',
    default: null,
    defaultText: '',
    meaning: 'Service id of the app, from its authorization link in Partner Center (not the app key).',
    read: text,
  }),
  tiktokApiUrl: setting<string | null>({
    env: 'TIKTOK_API_URL',
    default: null,
    defaultText: "TikTok's production host",
    meaning: "TikTok's API host, one of the built-in list.",
    read: httpOrigin,
  }),
  tiktokTokenUrl: setting<string | null>({
    env: 'TIKTOK_TOKEN_URL',
    default: null,
    defaultText: "TikTok's production host",
    meaning: 'Host of token exchange and refresh, one of the built-in list.',
    read: httpOrigin,
  }),
  tiktokAuthorizeUrl: setting<string | null>({
    env: 'TIKTOK_AUTHORIZE_URL',
    default: null,
    defaultText: "TikTok's production host",
    meaning: 'Host of the authorisation page for sellers outside the US, one of the built-in list.',
    read: httpOrigin,
  }),
  tiktokAuthorizeUsUrl: setting<string | null>({
    env: 'TIKTOK_AUTHORIZE_US_URL',
    default: null,
    defaultText: "TikTok's production host",
    meaning: 'Host of the authorisation page for sellers in the US, one of the built-in list.',
    read: httpOrigin,
  }),
  allowTikTokInDemo: setting({
    env: 'ALLOW_TIKTOK_IN_DEMO',
    default: false,
    meaning:
      'Whether the demo, whose key and log-in are public, may start with a real TikTok app. Better: leave the demo.',
    read: flag,
  }),
} as const;
