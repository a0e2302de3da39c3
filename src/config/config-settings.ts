import { resolve } from 'node:path';
import {
  choice,
  decimal,
  encryptionKeys,
  flag,
  hostNames,
  httpOrigin,
  port,
  postgresUrl,
  proxies,
  redisUrl,
  text,
  whole,
  type EncryptionKey,
} from './config-readers.js';
import { outgoingSettings } from './outgoing-settings.js';
import { setting, type Setting } from './setting.js';
import { channelSettings } from './channel-settings.js';
import { simulatorSettings } from './simulator-settings.js';
import { tiktokSettings } from './tiktok-settings.js';

/** The one table of settings: program, docs/settings.md and `config` command take names, defaults and meanings from here. */
export const settings = {
  role: setting<'all' | 'api' | 'worker'>({
    env: 'ROLE',
    default: 'all',
    meaning: 'What this process does: `all`, `api` (HTTP only) or `worker` (flows and pushes only).',
    read: choice('all', 'api', 'worker'),
  }),
  host: setting({
    env: 'HOST',
    default: '127.0.0.1',
    meaning: 'Address to listen on. The demo listens on loopback only; a container wants `0.0.0.0`.',
    read: text,
  }),
  port: setting({ env: 'PORT', default: 3000, meaning: 'Port of API and pages.', read: port }),
  workerPort: setting<number | null>({
    env: 'WORKER_PORT',
    default: null,
    defaultText: '`3002`',
    meaning:
      'Port of `/health/live`, `/health/ready` and `/metrics` of a process with `ROLE=worker`; 0: any free one.',
    read: port,
  }),
  sftpPort: setting<number | null>({
    env: 'SFTP_PORT',
    default: null,
    defaultText: 'off',
    meaning:
      'Port of the SFTP server, on which sellers pick up and drop files: see docs/files.md. Part of `ROLE=api` and `all`; 0: any free one.',
    read: port,
  }),
  publicUrl: setting<string | null>({
    env: 'PUBLIC_URL',
    default: null,
    defaultText: '`http://HOST:PORT`',
    meaning:
      'Address under which browsers reach this service; TikTok sends sellers back to `PUBLIC_URL/connections/callback` and, once it is set, webhooks to `PUBLIC_URL/webhooks/tiktok`.',
    read: httpOrigin,
  }),
  trustedProxies: setting<readonly string[]>({
    env: 'TRUSTED_PROXIES',
    default: [],
    meaning:
      'Addresses or networks of reverse proxies whose `X-Forwarded-*` headers are believed, comma separated.',
    read: proxies,
  }),
  dataDir: setting({
    env: 'DATA_DIR',
    default: resolve('data'),
    defaultText: '`./data`',
    meaning: 'Folder of the embedded PostgreSQL, of the simulator and of keys that were made here.',
    read: (given) => resolve(text(given)),
  }),
  databaseUrl: setting<string | null>({
    env: 'DATABASE_URL',
    default: null,
    defaultText: 'embedded PostgreSQL',
    meaning: 'PostgreSQL 15 or newer, `postgresql://user:password@host:5432/database`. Empty: the demo.',
    secret: true,
    read: postgresUrl,
  }),
  redisUrl: setting<string | null>({
    env: 'REDIS_URL',
    default: null,
    defaultText: 'queue in PostgreSQL',
    meaning: 'Redis 6.2 or newer for the queue (`noeviction`). Empty: the queue lives in PostgreSQL.',
    secret: true,
    read: redisUrl,
  }),
  encryptionKeys: setting<readonly EncryptionKey[]>({
    env: 'ENCRYPTION_KEYS',
    default: [],
    defaultText: 'a key file in DATA_DIR; production refuses',
    meaning:
      'Keys for stored tokens: `id:base64 of 32 random bytes`, comma separated; the first seals, all open.',
    secret: true,
    read: encryptionKeys,
  }),
  ...tiktokSettings,
  allowedHosts: setting<readonly string[]>({
    env: 'ALLOWED_HOSTS',
    default: [],
    meaning:
      'Further host names under which the demo and its simulator answer, comma separated; this machine and `PUBLIC_URL` always count.',
    read: hostNames,
  }),
  ...simulatorSettings,
  ...channelSettings,
  logLevel: setting<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({
    env: 'LOG_LEVEL',
    default: 'info',
    meaning: 'Least level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    read: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  }),
  beatSeconds: setting({
    env: 'BEAT_SECONDS',
    default: 5,
    meaning: 'How often a worker looks for flows and pushes that are due.',
    read: whole(1, 60),
  }),
  leaseSeconds: setting({
    env: 'LEASE_SECONDS',
    default: 60,
    meaning: 'How long after a crash of a worker others go on with what it was at.',
    read: whole(5, 600),
  }),
  urgentConcurrency: setting({
    env: 'URGENT_CONCURRENCY',
    default: 8,
    meaning: 'Jobs at once per worker for urgent work (orders, shipments, a click).',
    read: whole(1, 200),
  }),
  backgroundConcurrency: setting({
    env: 'BACKGROUND_CONCURRENCY',
    default: 4,
    meaning: 'Jobs at once per worker for sweeps and backlogs.',
    read: whole(1, 200),
  }),
  ...outgoingSettings,
  apiConnections: setting({
    env: 'API_DATABASE_CONNECTIONS',
    default: 6,
    meaning: 'Most database connections of an api process for everyday work.',
    read: whole(2, 500),
  }),
  apiReadConnections: setting({
    env: 'API_READ_CONNECTIONS',
    default: 4,
    meaning: 'Further connections of an api process for reading lists of documents.',
    read: whole(1, 500),
  }),
  workerConnections: setting({
    env: 'WORKER_DATABASE_CONNECTIONS',
    default: 8,
    meaning: 'Most database connections of a worker for everyday work.',
    read: whole(2, 500),
  }),
  workerReadConnections: setting({
    env: 'WORKER_READ_CONNECTIONS',
    default: 2,
    meaning: 'Further connections of a worker for bulk reading and writing.',
    read: whole(1, 500),
  }),
  apiRateFactor: setting({
    env: 'API_RATE_FACTOR',
    default: 1,
    meaning: "Multiplies all rate limits of the API (they start above Logicbroker's).",
    read: decimal(0.01, 10_000),
  }),
  tiktokRateFactor: setting({
    env: 'TIKTOK_RATE_FACTOR',
    default: 1,
    meaning: 'Multiplies the rates that call budgets per TikTok app, shop and endpoint begin with.',
    read: decimal(0.01, 10_000),
  }),
  bodyLimitBytes: setting({
    env: 'BODY_LIMIT_BYTES',
    default: 10_485_760,
    meaning: 'Largest request body.',
    read: whole(1_024, 104_857_600),
  }),
  uploadLimitBytes: setting({
    env: 'UPLOAD_LIMIT_BYTES',
    default: 1_073_741_824,
    meaning: 'Largest inventory file; it lies packed in the database until it has been read.',
    read: whole(1_024, 10_737_418_240),
  }),
  allowKeyInQuery: setting({
    env: 'ALLOW_KEY_IN_QUERY',
    default: true,
    meaning: 'Whether `?subscription-key=` is accepted, as Logicbroker does; headers always are.',
    read: flag,
  }),
  historyMonths: setting({
    env: 'HISTORY_MONTHS',
    default: 13,
    meaning: 'Whole months of events, runs and attempts that are kept.',
    read: whole(1, 120),
  }),
  sessionIdleMinutes: setting({
    env: 'SESSION_IDLE_MINUTES',
    default: 30,
    meaning: 'An operator is logged out after so long without a click.',
    read: whole(1, 1_440),
  }),
  sessionHours: setting({
    env: 'SESSION_HOURS',
    default: 12,
    meaning: 'An operator is logged out after so long in any case.',
    read: whole(1, 720),
  }),
  shutdownSeconds: setting({
    env: 'SHUTDOWN_SECONDS',
    default: 25,
    meaning: 'Time that requests and jobs have to end after a stop signal.',
    read: whole(1, 600),
  }),
} as const;

export type SettingKey = keyof typeof settings;

export type SettingValues = {
  readonly [Key in SettingKey]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never;
};
