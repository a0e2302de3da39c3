import { productFlows } from '../../src/compose/product-flows.js';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { CommandContext } from '../../src/cli/command.js';
import { commands } from '../../src/cli/run-cli.js';
import { findCallerByKey } from '../../src/companies/api-key-store.js';
import { loadConfig } from '../../src/config/config.js';
import { openDatabase } from '../../src/store/database.js';
import { ensureFlows } from '../../src/sync/flows/flows.js';
import { commandLine } from '../support/command-line.js';
import { testDatabaseUrl } from '../support/database.js';

// Starts the program itself several times, which is slow on a busy machine.
t.setTimeout(150_000);
const url = await testDatabaseUrl(t);
const PROGRAM = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** A database that nobody has given is a fault that nobody expects. */
const cliWith = (world: Partial<CommandContext> = {}) =>
  commandLine({
    database: () => Promise.reject(new Error('planted bug at ?sign=planted-secret')),
    ...world,
  });

/** Runs the program as a user does. */
async function program(argv: string[], env: Record<string, string>, input = ''): Promise<Outcome> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...argv], { env: { PATH, ...env }, cwd: tmpdir() });
  const outcome: Outcome = { code: -1, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (outcome.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (outcome.err += data.toString()));
  child.stdin.end(input);
  outcome.code = await new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? -1));
  });
  return outcome;
}

await t.test('the help lists every command, and a wrong one shows it', async (t) => {
  const cli = cliWith();
  const { code, out } = await cli('help');
  t.equal(code, 0);
  for (const command of commands) t.match(out, `\n  ${command.name}`);
  t.match(await cli('destroy'), { code: 2, err: /no command "destroy"[\s\S]*Usage:/ });
  t.match(await cli('--version'), { code: 0, out: '1.2.3' });
});

await t.test('a command that was called wrongly shows its usage and touches nothing', async (t) => {
  const cli = cliWith();
  for (const argv of [
    ['create-key'],
    ['create-key', 'seven'],
    ['create-key', '7001', '--slot', 'third'],
    ['create-key', '7001', '--days', '0'],
    ['create-company'],
    ['create-company', 'Two', 'names'],
    ['run-flow', '1', 'pull-nothing'],
    ['run-flow', '99999999999', 'pull-orders'],
    ['list-connections', '--sideways'],
    ['migrate', 'extra'],
    ['set-password', 'ada', 'a password among the arguments'],
    ['remove-operator'],
  ]) {
    t.match(await cli(...argv), { code: 2, err: `Usage: tiktok-shop-connector ${argv[0]}` }, argv.join(' '));
  }
});

await t.test('a bug shows where it is, but no secret', async (t) => {
  const { code, err } = await cliWith()('migrate');
  t.equal(code, 1);
  t.match(err, /planted bug at \?sign=\[hidden\]/);
  t.notMatch(err, 'planted-secret');
});

await t.test('an administrator sets up a seller and an operator', async (t) => {
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  const cli = cliWith({
    database: async () => ({ url, db }),
    config: () => loadConfig({ DATABASE_URL: url }),
  });

  const company = await cli('create-company', 'Harbor Goods');
  t.match(company, { code: 0, out: /^Company \d+ \(Harbor Goods\)/ });
  const [, companyId = ''] = /Company (\d+)/.exec(company.out) ?? [];

  const { out: key } = await cli('create-key', companyId);
  t.match(await findCallerByKey(db, key, new Date()), { companyId: Number(companyId) });
  t.match(await cli('create-key', companyId), { code: 1, err: /has a live primary key/ });
  const { out: newer } = await cli('create-key', companyId, '--replace', '--days', '30');
  t.equal(await findCallerByKey(db, key, new Date()), null, 'the replaced key is refused');
  t.ok(await findCallerByKey(db, newer, new Date()));
  t.equal(
    await findCallerByKey(db, newer, new Date(Date.now() + 31 * 86_400_000)),
    null,
    'and ends as asked',
  );
  t.match(await cli('create-key', '9999'), { code: 1, err: 'There is no company 9999.' });

  t.match(await cli('create-operator', 'Admin'), { code: 0, out: 'admin can log in now.' });
  t.match(await cli('create-operator', 'admin'), { code: 1, err: /admin/ });
  t.match(await cli('remove-operator', 'admin'), { code: 1, err: /admin is the last operator/ });
  t.match(await cli('create-operator', 'second'), { code: 0 });
  t.match(await cli('set-password', 'Second'), { code: 0, out: /second has a new password/ });
  t.match(await cli('list-operators'), {
    code: 0,
    out: /admin .*the command line[^]*second .*the command line/,
  });
  t.match(await cli('remove-operator', 'second'), { code: 0, out: /second was removed/ });
  t.match(await cli('set-password', 'second'), { code: 1, err: /There is no operator second/ });

  const { id } = await db.prisma.connection.create({
    data: {
      companyId: Number(companyId),
      name: 'Shop',
      environment: 'simulator',
      status: 'active',
      shopName: 'Harbor',
      shopRegion: 'US',
    },
  });
  t.match(await cli('list-connections'), { code: 0, out: /Shop +simulator +Harbor, US +active/ });
  t.match(JSON.parse((await cli('list-connections', '--json')).out), [{ id, shop: 'Harbor, US' }]);

  t.match(await cli('run-flow', String(id), 'pull-orders'), { code: 1, err: /has no flow pull-orders yet/ });
  await ensureFlows(db.prisma, { flows: productFlows, connectionId: id, now: new Date() });
  t.match(await cli('run-flow', String(id), 'pull-orders', '--wait', '0'), { code: 0, out: /Asked for/ });
  t.match(await cli('run-flow', String(id), 'pull-orders', '--wait', '1'), {
    code: 1,
    out: /No worker has run it/,
  });
  const waiting = cli('run-flow', String(id), 'pull-orders', '--wait', '30');
  // In a worker's place: ends a run once the third request is there.
  const pulled = { where: { connectionId: id, name: 'pull-orders' } };
  while ((await db.prisma.flow.findFirstOrThrow(pulled)).requested < 3) await pause(10);
  await db.prisma.flow.updateMany({ data: { lastOutcome: 'done', lastFinishedAt: new Date() } });
  t.match(await waiting, { code: 0, out: 'pull-orders: done' });

  const schedule = (wanted: string) => cli('schedule', String(id), 'pull-orders', wanted);
  t.match(await schedule('*/5 * * * *'), { code: 0, out: /^pull-orders: \*\/5 \* \* \* \*, next run / });
  t.match(await schedule('whenever'), { code: 1, err: /schedule that cannot be read/ });
  t.match(await schedule('off'), { code: 0, out: /switched off/ });
  t.match(await schedule('on'), { code: 0, out: /next run/ });
  t.match(await schedule('default'), { code: 0, out: /^pull-orders: \*\/15/ });
});

await t.test('a person settles an effect that is in doubt, in one of four ways', async (t) => {
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  const cli = cliWith({ database: async () => ({ url, db }) });
  t.match(await cli('outbox'), { code: 0, out: 'Nothing waits for a person.' });
  const { id: connectionId, companyId } = await db.prisma.connection.findFirstOrThrow();
  const wait = async (naturalKey: string): Promise<string> => {
    const { id } = await db.prisma.outboxEntry.create({
      data: {
        companyId,
        connectionId,
        targetId: connectionId,
        effect: 'mark-package-shipped',
        naturalKey,
        orderingKey: naturalKey,
        lane: 'urgent',
        payload: {},
        state: 'needs_person',
        lastError: 'no clear answer',
      },
    });
    return String(id);
  };
  const state = async (id: string): Promise<string> =>
    (await db.prisma.outboxEntry.findUniqueOrThrow({ where: { id: BigInt(id) } })).state;

  const asked = await wait('asked');
  t.match(await cli('outbox'), { code: 0, out: /mark-package-shipped.*no clear answer/ });
  t.match(await cli('outbox', asked, 'ask'), { code: 0 });
  t.equal(await state(asked), 'in_doubt');
  const again = await wait('again');
  t.match(await cli('outbox', again, 'send-again'), { code: 0 });
  t.equal(await state(again), 'pending');
  t.match(await cli('outbox', again, 'done'), { code: 1, err: /waits for a person/ }, 'settled once only');
  const open = await wait('open');
  t.match(await cli('outbox', open, 'not-done'), { code: 2, err: /--reason/ });
  t.match(await cli('outbox', open, 'forget'), { code: 2 });
  t.equal(await state(open), 'needs_person');
});

await t.test('the OpenAPI files are written, and found stale when a route changes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'connector-openapi-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'openapi', 'api.json');
  const cli = (document: object): ((...argv: string[]) => Promise<Outcome>) =>
    cliWith({ openApiFiles: async () => ({ [file]: document }) });
  t.match(await cli({ v: 1 })('openapi', '--check'), { code: 1, out: `Stale: ${file}` });
  t.match(await cli({ v: 1 })('openapi'), { code: 0, out: `Written: ${file}` });
  t.same(JSON.parse(await readFile(file, 'utf8')), { v: 1 });
  t.match(await cli({ v: 1 })('openapi', '--check'), { code: 0 });
  t.match(await cli({ v: 2 })('openapi', '--check'), { code: 1 });
});

await t.test('the program itself: settings, a password from a pipe, doctor, exit codes', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'connector-cli-'));
  t.teardown(() => rm(dataDir, { recursive: true }));
  const env = { DATABASE_URL: url, DATA_DIR: dataDir };
  t.match(await program(['config'], { ...env, PORT: '4000' }), { code: 0, out: /PORT +4000 +set/ });
  t.match(await program(['config'], { PORT: 'x' }), { code: 1, err: /PORT must be a whole number/ });
  t.match(await program(['migrate'], env), { code: 0, out: /Nothing to apply/ });
  const short = await program(['create-operator', 'pipe'], env, 'short\n');
  t.match(short, { code: 1, err: /at least 12 characters/ });
  const made = await program(['create-operator', 'pipe'], env, 'twelve characters at least\n');
  t.match(made, { code: 0, out: /pipe can log in now/ });
  t.match(await program(['list-connections'], { DATA_DIR: dataDir }), {
    code: 1,
    err: /The demo does not run/,
  });
  const doctor = await program(['doctor', '--json'], env);
  t.equal(doctor.code, 0, doctor.out);
  t.match(JSON.parse(doctor.out), [{ check: 'node', state: 'ok' }]);
  t.match(await program(['doctor'], { ROLE: 'nobody' }), {
    code: 1,
    out: /FAIL +configuration +ROLE must be one of/,
  });
});

await t.test('the status at which new orders of a company wait is set from the command line', async (t) => {
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  const cli = cliWith({ database: async () => ({ db, close: async () => undefined }) as never });
  const company = await db.prisma.company.create({ data: { name: 'Pickup Inc.' } });
  const { code, out } = await cli('pickup-status', String(company.id), '150');
  t.equal(code, 0);
  t.match(out, `New orders of company ${company.id} wait at 150 Ready to Acknowledge`);
  const statusOf = async () =>
    (await db.prisma.company.findUniqueOrThrow({ where: { id: company.id } })).pickupStatus;
  t.equal(await statusOf(), 150);
  t.match(await cli('pickup-status', String(company.id), '200'), { code: 1, err: /100/ });
  t.match(await cli('pickup-status', 'me', '150'), { code: 2, err: /number of the company/ });
  t.match(await cli('pickup-status', '999999', '150'), { code: 1 });
  t.equal(await statusOf(), 150);
});
