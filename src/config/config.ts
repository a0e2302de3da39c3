import { isIPv4 } from 'node:net';
import { settings, type SettingKey, type SettingValues } from './config-settings.js';
import type { Setting } from './setting.js';
import { AppError, messageOf, type ErrorDetail } from '../kernel/errors.js';
import { checkProductionOrigin, checkSimulatorOrigin, type OriginVerdict } from '../tiktok/hosts.js';

/** Of the app that every simulator knows; its secret is in every copy of this program. */
const SIMULATOR_APP_KEY = '6demo0app0key';

/**
 * `demo`: nothing is set, so everything comes along (PostgreSQL, simulator, key `demo`), on loopback only.
 * `development`: an own database, everything else relaxed. `production`: NODE_ENV=production, nothing relaxed.
 */
export type Mode = 'demo' | 'development' | 'production';

export interface Config extends SettingValues {
  readonly mode: Mode;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The only reader of the process's environment. Empty variables count as not set, as compose files pass them on.
 * @throws AppError configuration-invalid that names every problem at once, with the variable and what to do
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems: ErrorDetail[] = [];
  const values = Object.fromEntries(
    Object.entries<Setting<unknown>>(settings).map(([key, setting]) => [
      key,
      readOne(setting, env, problems),
    ]),
  ) as unknown as SettingValues;
  const mode = modeOf(env);
  const config = Object.freeze({
    ...values,
    mode,
    allowSimulator: mode === 'demo' || values.allowSimulator,
  });
  problems.push(...problemsTogether(config));
  if (problems.length > 0) throw configurationError(problems);
  return config;
}

function modeOf(env: Environment): Mode {
  if (env['NODE_ENV'] === 'production') return 'production';
  return env[settings.databaseUrl.env]?.trim() ? 'development' : 'demo';
}

function readOne<Value>(setting: Setting<Value>, env: Environment, problems: ErrorDetail[]): Value {
  const given = env[setting.env];
  if (given === undefined || given.trim() === '') return setting.default;
  try {
    return setting.read(given);
  } catch (error) {
    const shown = setting.secret ? '' : `, not ${JSON.stringify(given.slice(0, 80))}`;
    problems.push({ field: setting.env, message: `${messageOf(error)}${shown}` });
    return setting.default;
  }
}

/** Rules that need more than one setting. */
function problemsTogether(config: Config): ErrorDetail[] {
  return [
    ...appProblems(config),
    ...hostProblems(config),
    ...roleProblems(config),
    ...(config.mode === 'demo' ? demoProblems(config) : []),
    ...(config.mode === 'production' ? productionProblems(config) : []),
  ];
}

function appProblems(config: Config): ErrorDetail[] {
  const app: SettingKey[] = ['tiktokAppKey', 'tiktokAppSecret', 'tiktokServiceId'];
  const simulatorApp: SettingKey[] = ['simulatorAppKey', 'simulatorAppSecret', 'simulatorServiceId'];
  return [app, simulatorApp].flatMap((keys) => {
    const missing = keys.filter((key) => config[key] === null);
    if (missing.length === 0 || missing.length === keys.length) return [];
    return missing.map((key) => problem(key, `is missing; ${envNames(keys)} belong together`));
  });
}

/** Where secrets and sellers' data may go is decided by the list in tiktok/hosts.ts, here only asked early. */
function hostProblems(config: Config): ErrorDetail[] {
  const verdicts: [SettingKey, string | null, (origin: string) => OriginVerdict][] = [
    ['tiktokApiUrl', config.tiktokApiUrl, (origin) => checkProductionOrigin('api', origin)],
    ['tiktokTokenUrl', config.tiktokTokenUrl, (origin) => checkProductionOrigin('token', origin)],
    ['tiktokAuthorizeUrl', config.tiktokAuthorizeUrl, (origin) => checkProductionOrigin('authorize', origin)],
    [
      'tiktokAuthorizeUsUrl',
      config.tiktokAuthorizeUsUrl,
      (origin) => checkProductionOrigin('authorizeUs', origin),
    ],
    ['simulatorUrl', config.simulatorUrl, (origin) => checkSimulatorOrigin(origin, config.allowSimulator)],
    ['shopifyUrl', config.shopifyUrl, (origin) => checkSimulatorOrigin(origin, config.allowSimulator)],
    [
      'simulatorBrowserUrl',
      config.simulatorBrowserUrl,
      (origin) => checkSimulatorOrigin(origin, config.allowSimulator),
    ],
  ];
  return verdicts.flatMap(([key, origin, check]) => {
    const verdict = origin === null ? null : check(origin);
    return !verdict || verdict.ok ? [] : [problem(key, `is refused: ${verdict.reason} ${verdict.next}`)];
  });
}

/** Processes that run apart would each make a key file of its own, and could not open what the other has sealed. */
function roleProblems(config: Config): ErrorDetail[] {
  if (config.mode !== 'development' || config.role === 'all' || config.encryptionKeys.length > 0) return [];
  return [problem('encryptionKeys', 'must be set, the same everywhere, when ROLE is not all')];
}

function demoProblems(config: Config): ErrorDetail[] {
  const problems: ErrorDetail[] = [];
  if (!isLoopback(config.host)) {
    problems.push(
      problem(
        'host',
        'must be a loopback address in the demo, whose key is public; set DATABASE_URL to leave the demo',
      ),
    );
  }
  const app: SettingKey[] = ['tiktokAppKey', 'tiktokAppSecret', 'tiktokServiceId'];
  if (app.some((key) => config[key] !== null) && !config.allowTikTokInDemo) {
    problems.push(
      problem(
        'tiktokAppKey',
        'must not be set in the demo: its key and log-in are public, and with them a real shop; set DATABASE_URL to leave the demo, or ALLOW_TIKTOK_IN_DEMO=true if you really want this',
      ),
    );
  }
  if (config.role !== 'all') {
    problems.push(problem('role', 'must be all in the demo; set DATABASE_URL to run roles apart'));
  }
  return problems;
}

function productionProblems(config: Config): ErrorDetail[] {
  const required: SettingKey[] = ['databaseUrl', 'tiktokAppKey', 'publicUrl'];
  const problems = required
    .filter((key) => config[key] === null)
    .map((key) => problem(key, 'must be set when NODE_ENV is production'));
  if (config.encryptionKeys.length === 0) {
    problems.push(problem('encryptionKeys', 'must hold a key of 32 bytes when NODE_ENV is production'));
  }
  if (config.tiktokAppKey === SIMULATOR_APP_KEY) {
    problems.push(problem('tiktokAppKey', "is the simulator's; take that of your app in Partner Center"));
  }
  if (config.allowSimulator) {
    problems.push(problem('allowSimulator', 'must not be true when NODE_ENV is production'));
  }
  if (config.publicUrl?.startsWith('http:') && !isLoopback(new URL(config.publicUrl).hostname)) {
    problems.push(problem('publicUrl', 'must begin with https:// when NODE_ENV is production'));
  }
  return problems;
}

function problem(key: SettingKey, message: string): ErrorDetail {
  return { field: settings[key].env, message };
}

function envNames(keys: SettingKey[]): string {
  return keys.map((key) => settings[key].env).join(', ');
}

function configurationError(problems: ErrorDetail[]): AppError {
  const lines = problems.map(({ field, message }) => `  ${field} ${message}`);
  return new AppError('configuration-invalid', `The configuration is not valid:\n${lines.join('\n')}`, {
    details: problems,
  });
}

/** Addresses that other machines cannot reach. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
  );
}

/** Database connections that a process of this configuration may hold, without those of the queue. */
export function poolSizes(config: Config): { prismaConnections: number; readConnections: number } {
  const api = config.role !== 'worker';
  const worker = config.role !== 'api';
  return {
    prismaConnections: (api ? config.apiConnections : 0) + (worker ? config.workerConnections : 0),
    readConnections: (api ? config.apiReadConnections : 0) + (worker ? config.workerReadConnections : 0),
  };
}

interface ShownSetting {
  env: string;
  value: string;
  isDefault: boolean;
}

/** The settings in effect, for people: secrets are only said to be set. */
export function shownSettings(config: Config): ShownSetting[] {
  return (Object.keys(settings) as SettingKey[]).map((key) => {
    const setting: Setting<unknown> = settings[key];
    const value = config[key];
    const isDefault = value === setting.default;
    return { env: setting.env, value: setting.secret ? secretText(isDefault) : plainText(value), isDefault };
  });
}

function secretText(isDefault: boolean): string {
  return isDefault ? '(not set)' : '(set)';
}

function plainText(value: Config[SettingKey]): string {
  if (value === null) return '';
  return typeof value === 'object'
    ? value.filter((entry) => typeof entry === 'string').join(',')
    : String(value);
}

/** The table of docs/settings.md. */
export function settingsMarkdown(): string {
  const rows = Object.values(settings).map((setting: Setting<unknown>) => {
    const plain = Array.isArray(setting.default) ? '' : `\`${String(setting.default)}\``;
    const secret = setting.secret ? ' Secret.' : '';
    return `| \`${setting.env}\` | ${(setting.defaultText ?? plain) || 'none'} | ${setting.meaning}${secret} |`;
  });
  return ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Every setting of the installation, for the catalogue. */
export function allSettings(): Setting<unknown>[] {
  return Object.values(settings);
}
