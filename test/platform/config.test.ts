import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig, poolSizes, settingsMarkdown, shownSettings } from '../../src/config/config.js';
import { settings } from '../../src/config/config-settings.js';
import { encryptionKeysOf } from '../../src/config/encryption-key-file.js';
import { AppError } from '../../src/kernel/errors.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64');

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:pg-password@db:5432/connector',
  ENCRYPTION_KEYS: `k1:${KEY}`,
  PUBLIC_URL: 'https://connector.example.com',
  TIKTOK_APP_KEY: 'app-key',
  TIKTOK_APP_SECRET: 'app-secret-value',
  TIKTOK_SERVICE_ID: '7000000000000000001',
};

/** Variables that a start with this environment complains about. */
function complaints(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.details.map((detail) => detail.field ?? '');
  }
}

function committed(file: string): Promise<string> {
  return readFile(new URL(`../../../${file}`, import.meta.url), 'utf8');
}

function sizesOf(role: string): ReturnType<typeof poolSizes> {
  return poolSizes(loadConfig({ ...production, ROLE: role }));
}

await t.test('nothing set is the demo: loopback, everything in one process', async (t) => {
  const config = loadConfig({});
  t.match(config, { mode: 'demo', host: '127.0.0.1', port: 3000, role: 'all', allowSimulator: true });
  t.equal(config.databaseUrl, null);
  t.ok(Object.isFrozen(config));
});

await t.test('an empty variable counts as not set', async (t) => {
  t.match(loadConfig({ DATABASE_URL: ' ', PORT: '' }), { mode: 'demo', port: 3000 });
});

await t.test('the demo, whose key everybody knows, is never reachable from other machines', async (t) => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.example.com']) {
    t.same(complaints({ HOST: host }), ['HOST'], host);
  }
  for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1'])
    t.same(complaints({ HOST: host }), [], host);
  t.same(complaints({ ROLE: 'api' }), ['ROLE']);
});

await t.test('production starts with what it needs, and the simulator stays out', async (t) => {
  const config = loadConfig(production);
  t.match(config, { mode: 'production', allowSimulator: false });
  t.equal(config.encryptionKeys[0]?.bytes.length, 32);
});

await t.test('production refuses what would be unsafe, one variable at a time', async (t) => {
  const cases: [Record<string, string>, string[]][] = [
    [{ ENCRYPTION_KEYS: '' }, ['ENCRYPTION_KEYS']],
    [
      { ENCRYPTION_KEYS: `k1:${Buffer.alloc(31, 7).toString('base64')}` },
      ['ENCRYPTION_KEYS', 'ENCRYPTION_KEYS'],
    ],
    [{ DATABASE_URL: '' }, ['DATABASE_URL']],
    [{ PUBLIC_URL: '' }, ['PUBLIC_URL']],
    [{ PUBLIC_URL: 'http://connector.example.com' }, ['PUBLIC_URL']],
    [{ PUBLIC_URL: 'http://localhost:3000' }, []],
    [{ ALLOW_SIMULATOR: 'true' }, ['ALLOW_SIMULATOR']],
    [{ SIMULATOR_URL: 'http://127.0.0.1:3001' }, ['SIMULATOR_URL']],
    [{ TIKTOK_APP_SECRET: '' }, ['TIKTOK_APP_SECRET']],
  ];
  for (const [change, expected] of cases) {
    t.same(complaints({ ...production, ...change }), expected, JSON.stringify(change));
  }
});

await t.test("an app's secret can only be sent to TikTok's own hosts", async (t) => {
  const app = { DATABASE_URL: production.DATABASE_URL };
  t.same(complaints({ ...app, TIKTOK_API_URL: 'https://open-api.tiktokglobalshop.com' }), []);
  t.same(complaints({ ...app, TIKTOK_API_URL: 'https://open-api.example.com' }), ['TIKTOK_API_URL']);
  t.same(complaints({ ...app, TIKTOK_TOKEN_URL: 'http://auth.tiktok-shops.com' }), ['TIKTOK_TOKEN_URL']);
  t.same(complaints({ ...app, SIMULATOR_URL: 'http://127.0.0.1:3001' }), ['SIMULATOR_URL']);
  t.same(complaints({ ...app, SIMULATOR_URL: 'http://127.0.0.1:3001', ALLOW_SIMULATOR: 'true' }), []);
});

await t.test('encryption keys are 32 random bytes each, with different ids', async (t) => {
  const wrong = [
    KEY,
    `k1:${KEY},k1:${KEY}`,
    `k1:${Buffer.alloc(32).toString('base64')}`,
    `k1:${KEY.slice(0, 20)}`,
    `bad id:${KEY}`,
  ];
  for (const value of wrong) t.same(complaints({ ENCRYPTION_KEYS: value }), ['ENCRYPTION_KEYS'], value);
  const keys = loadConfig({ ENCRYPTION_KEYS: `new:${KEY}, old:${KEY}` }).encryptionKeys;
  t.same(
    keys.map((key) => key.id),
    ['new', 'old'],
  );
});

await t.test('the demo takes no real TikTok app, unless somebody says that he wants it', async (t) => {
  const { TIKTOK_APP_KEY, TIKTOK_APP_SECRET, TIKTOK_SERVICE_ID } = production;
  const app = { TIKTOK_APP_KEY, TIKTOK_APP_SECRET, TIKTOK_SERVICE_ID };
  t.same(complaints(app), ['TIKTOK_APP_KEY']);
  t.throws(() => loadConfig(app), /TIKTOK_APP_KEY must not be set in the demo.*ALLOW_TIKTOK_IN_DEMO/);
  for (const [name, value] of Object.entries(app))
    t.ok(complaints({ [name]: value }).includes('TIKTOK_APP_KEY'), name);
  t.same(complaints({ ...app, ALLOW_TIKTOK_IN_DEMO: 'true' }), []);
  t.same(complaints({ ...app, DATABASE_URL: production.DATABASE_URL }), [], 'outside the demo');
  t.same(complaints({ ...production, TIKTOK_APP_KEY: '6demo0app0key' }), ['TIKTOK_APP_KEY']);
});

await t.test('names of hosts are names, not addresses of pages', async (t) => {
  t.same(loadConfig({ ALLOWED_HOSTS: 'box.local, [fd00::1]' }).allowedHosts, ['box.local', '[fd00::1]']);
  for (const wrong of ['http://box.local', 'box.local:3000', '*', 'a b', 'box/x'])
    t.same(complaints({ ALLOWED_HOSTS: wrong }), ['ALLOWED_HOSTS'], wrong);
});

await t.test('all problems are reported at once, and no secret is repeated', async (t) => {
  const env = {
    PORT: '99999',
    ROLE: 'boss',
    BEAT_SECONDS: '1.5',
    PUBLIC_URL: 'https://connector.example.com/path',
    DATABASE_URL: 'mysql://root:planted-password@db/x',
    ENCRYPTION_KEYS: 'planted-key',
    TIKTOK_APP_SECRET: 'planted-secret',
  };
  try {
    loadConfig(env);
    t.fail('must not load');
  } catch (error) {
    const { message } = error as AppError;
    for (const name of Object.keys(env)) {
      if (name !== 'TIKTOK_APP_SECRET') t.match(message, name);
    }
    t.notMatch(message, 'planted');
    t.match(
      message,
      /TIKTOK_APP_KEY is missing; TIKTOK_APP_KEY, TIKTOK_APP_SECRET, TIKTOK_SERVICE_ID belong/,
    );
  }
});

await t.test('every setting can be set, is in the table, and shows no secret', async (t) => {
  const config = loadConfig({ ...production, REDIS_URL: 'redis://:redis-password@cache:6379' });
  const shown = JSON.stringify(shownSettings(config));
  for (const secret of ['pg-password', 'app-secret-value', 'redis-password', KEY])
    t.notOk(shown.includes(secret));
  const table = settingsMarkdown();
  for (const setting of Object.values(settings)) t.match(table, `| \`${setting.env}\` |`);
  t.equal(table.split('\n').length, Object.keys(settings).length + 2);
});

await t.test('a process that does everything holds the connections of both roles', async (t) => {
  t.same(sizesOf('api'), { prismaConnections: 6, readConnections: 4 });
  t.same(sizesOf('worker'), { prismaConnections: 8, readConnections: 2 });
  t.same(sizesOf('all'), { prismaConnections: 14, readConnections: 6 });
});

await t.test('roles that run apart share their keys', async (t) => {
  const env = { DATABASE_URL: production.DATABASE_URL, ROLE: 'worker' };
  t.same(complaints(env), ['ENCRYPTION_KEYS']);
  t.same(complaints({ ...env, ENCRYPTION_KEYS: `k1:${KEY}` }), []);
});

await t.test('compose file and example name no setting that does not exist', async (t) => {
  const known = new Set([
    'NODE_ENV',
    'POSTGRES_PASSWORD',
    'POSTGRES_USER',
    'POSTGRES_DB',
    'API_ADDRESS',
    'API_PORT',
  ]);
  for (const setting of Object.values(settings)) known.add(setting.env);
  const composed = (await committed('docker-compose.yml')).matchAll(
    /^ +([A-Z][A-Z_]+): |\$\{([A-Z_]+)[:}]/gm,
  );
  const example = (await committed('.env.example')).matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm);
  const names = [...composed, ...example].map(([, name, used]) => name ?? used ?? '');
  t.ok(names.length > 20);
  t.same(
    names.filter((name) => !known.has(name)),
    [],
  );
});

await t.test('the image starts the service as npm does', async (t) => {
  const { scripts } = JSON.parse(await committed('package.json')) as { scripts: { start: string } };
  const [, command] = /^CMD (\[.*\])$/m.exec(await committed('Dockerfile')) ?? [];
  t.same(JSON.parse(command ?? '[]'), scripts.start.split(' '));
});

await t.test('outside production a key is made once and kept, readable by its owner only', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'connector-keys-'));
  t.teardown(() => rm(dataDir, { recursive: true }));
  const config = { ...loadConfig({}), dataDir };
  const [first, second] = await Promise.all([encryptionKeysOf(config), encryptionKeysOf(config)]);
  t.same(first, second);
  t.same(await encryptionKeysOf(config), first);
  t.equal((await stat(join(dataDir, 'encryption-keys'))).mode & 0o777, 0o600);
  await writeFile(join(dataDir, 'encryption-keys'), 'broken');
  await t.rejects(encryptionKeysOf(config), { code: 'configuration-invalid' });
  await t.rejects(encryptionKeysOf({ ...config, mode: 'production' }), { code: 'configuration-invalid' });
});
