import { somebody } from '../support/actors.js';
import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { createApiKey, ensureDemoKey, revokeApiKey } from '../../src/companies/api-key-store.js';
import { createOperator, ensureDemoOperator } from '../../src/companies/operator-store.js';
import { hashPassword } from '../../src/companies/password.js';
import { compose } from '../../src/compose/compose.js';
import { loadConfig } from '../../src/config/config.js';
import { checkDemoCredentials } from '../../src/doctor/demo-credentials.js';
import { openDatabase } from '../../src/store/database.js';
import { recordingLog } from '../support/logs.js';
import { testDatabaseUrl } from '../support/database.js';
import { commandLine, openAlready } from '../support/command-line.js';

t.setTimeout(175_000);
const url = await testDatabaseUrl(t);
const db = openDatabase({ url });
t.teardown(() => db.close());
const tx = db.prisma;
const now = new Date();
const production = (role: string) =>
  loadConfig({
    NODE_ENV: 'production',
    ROLE: role,
    DATABASE_URL: url,
    PORT: '0',
    PUBLIC_URL: 'https://connector.example.com',
    ENCRYPTION_KEYS: `k1:${Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7)).toString('base64')}`,
    TIKTOK_APP_KEY: 'app-key',
    TIKTOK_APP_SECRET: 'app-secret',
    TIKTOK_SERVICE_ID: '7000000000000000001',
  });

/** Null when the start was good, else its words. */
async function start(role: string): Promise<string | null> {
  const connector = await compose({ config: production(role), log: recordingLog() });
  try {
    await connector.start();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await connector.close();
  }
}

async function doctor(): Promise<string[]> {
  const findings = await checkDemoCredentials(db, production('api'), now);
  return findings.filter(({ state }) => state === 'fail').map(({ check }) => check);
}

/** A command as an administrator runs it, here in the place of the step that the refusal names. */
async function command(...argv: string[]): Promise<number> {
  const { code } = await commandLine({ ...openAlready(db, url), config: () => production('api') })(...argv);
  return code;
}

async function refused(t: Test, check: string, words: RegExp): Promise<void> {
  t.match(await start('api'), words);
  t.same(await doctor(), [check]);
}

const { id: companyId } = await tx.company.create({ data: { name: 'Harbor Goods' } });
await createOperator(tx, { by: somebody, login: 'ada', password: 'a long word of ada' });

await t.test('production starts in every role on a database without anything of a demo', async (t) => {
  for (const role of ['api', 'all']) t.equal(await start(role), null, role);
  t.same(await doctor(), []);
});

await t.test('production does not start while the demo’s key opens a company', async (t) => {
  await createApiKey(tx, { companyId, slot: 'secondary', now });
  await ensureDemoKey(tx, { companyId, now });
  await refused(
    t,
    'demo-key',
    new RegExp(`company ${companyId}.*create-key ${companyId} --slot primary --replace`, 's'),
  );
  t.equal(await command('create-key', String(companyId), '--slot', 'primary', '--replace'), 0);
  t.same(await doctor(), []);
  await revokeApiKey(tx, { companyId, slot: 'primary', now });
});

await t.test('production does not start while demo can log in', async (t) => {
  await ensureDemoOperator(tx);
  for (const role of ['worker', 'all']) t.match(await start(role), /operator demo can log in/, role);
  await refused(t, 'demo-operator', /operator demo can log in.*remove-operator demo/s);
  t.equal(await command('remove-operator', 'demo'), 0);
  t.same(await doctor(), []);
});

await t.test('production does not start while anybody has the demo’s password', async (t) => {
  await tx.operator.create({ data: { login: 'grace', passwordHash: await hashPassword('demo') } });
  await refused(t, 'demo-operator', /operator grace has the demo's password.*set-password grace/s);
  t.equal(await command('set-password', 'grace'), 0);
  t.same(await doctor(), []);
});

await t.test('production does not start with shops or tokens of a simulator', async (t) => {
  const grant = {
    environment: 'simulator',
    appKey: '6demo0app0key',
    accessToken: 'sealed',
    refreshToken: 'sealed',
  };
  const { id } = await tx.authorization.create({ data: { companyId, ...grant, openId: 'one' } });
  await tx.authorization.create({ data: { companyId, ...grant, openId: 'never chosen' } });
  const shop = { companyId, name: 'Harbor', environment: 'simulator', status: 'active', authorizationId: id };
  const connection = await tx.connection.create({ data: shop });
  const words = await start('worker');
  t.match(words, new RegExp(`Connection ${connection.id} \\(Harbor\\) leads to a simulator`));
  t.match(words, /close-connection --simulator/);
  t.same(new Set(await doctor()), new Set(['demo-shop']));
  t.equal(await command('close-connection', '--simulator'), 0);
  t.equal(await start('worker'), null);
  t.match(await tx.connection.findFirst({ where: { id: connection.id } }), { status: 'closed' });
  t.equal(await tx.authorization.count({ where: { accessToken: { not: null } } }), 0);
});

await t.test('a refusal names all that was found at once', async (t) => {
  const secretHash = createHash('sha256').update('demo').digest('hex');
  await tx.apiKey.update({ where: { secretHash }, data: { revokedAt: null } });
  await ensureDemoOperator(tx);
  const words = (await start('api')) ?? '';
  t.match(words, /API key/);
  t.match(words, /operator demo/);
});

await t.test('a start on a database that was not migrated says so, in every role', async (t) => {
  await db.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  for (const role of ['api', 'worker']) t.match(await start(role), /Run the command migrate/, role);
});
