import t from 'tap';
import { createApiKey, ensureDemoKey } from '../../src/companies/api-key-store.js';
import { ensureDemoOperator } from '../../src/companies/operator-store.js';
import { loadConfig } from '../../src/config/config.js';
import { checkConnectionBudget } from '../../src/doctor/database-checks.js';
import { examine, findingsOfConfiguration, type DoctorDeps } from '../../src/doctor/doctor.js';
import { formatFindings, type Finding } from '../../src/doctor/finding.js';
import { checkClock, checkNode } from '../../src/doctor/process-checks.js';
import { sealedTokens } from '../../src/connections/authorization-store.js';
import { createSealer } from '../../src/store/secrets.js';
import { openDatabase } from '../../src/store/database.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/time.js';
import { testDatabaseUrl } from '../support/database.js';

const now = new Date('2026-06-15T12:00:00Z');
const clock = { now: () => now };
const sealer = createSealer([{ id: 'k1', bytes: Buffer.alloc(32, 1) }]);
const otherSealer = createSealer([{ id: 'lost', bytes: Buffer.alloc(32, 2) }]);

function stateOf(findings: Finding[], check: string): string[] {
  return findings.filter((finding) => finding.check === check).map((finding) => finding.state);
}

await t.test('the doctor looks at a whole installation', async (t) => {
  const url = await testDatabaseUrl(t);
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  const deps: DoctorDeps = {
    config: loadConfig({ DATABASE_URL: url }),
    clock,
    nodeVersion: process.version,
    database: { url, db, sealer, sealed: sealedTokens },
    queueHealth: async () => ({ store: 'redis', ok: true, problem: null }),
    tiktokTime: async () => now,
  };

  await t.test('a fresh installation is in order', async (t) => {
    await db.prisma.$executeRaw`SELECT ensure_month_partitions(${now}::timestamptz, 2)`;
    const findings = await examine(deps);
    t.same(
      findings.filter((finding) => finding.state !== 'ok'),
      [],
    );
    t.match(formatFindings(findings), /0 wrong, 0 to look at, \d+ in order$/);
  });

  await t.test('the demo key is wrong anywhere but in the demo', async (t) => {
    const company = await db.prisma.company.create({ data: { name: 'Seller' } });
    await createApiKey(db.prisma, { companyId: company.id, slot: 'secondary', now });
    t.same(stateOf(await examine(deps), 'demo-key'), ['ok']);
    await ensureDemoKey(db.prisma, { companyId: company.id, now });
    t.same(stateOf(await examine(deps), 'demo-key'), ['fail']);
    t.same(stateOf(await examine({ ...deps, config: loadConfig({}) }), 'demo-key'), ['ok']);
    t.same(stateOf(await examine(deps), 'demo-operator'), ['ok']);
    await ensureDemoOperator(db.prisma);
    t.same(stateOf(await examine(deps), 'demo-operator'), ['fail']);
  });

  await t.test('every trouble of a connected shop is named with its next step', async (t) => {
    const { id: companyId } = await db.prisma.company.create({ data: { name: 'Seller' } });
    const authorization = await db.prisma.authorization.create({
      data: {
        companyId,
        environment: 'production',
        appKey: 'app',
        openId: 'open-1',
        grantedScopes: ['seller.order.info'],
        refreshExpiresAt: new Date(now.getTime() + 10 * DAY_MS),
      },
    });
    const connection = await db.prisma.connection.create({
      data: {
        companyId,
        name: 'Shop',
        environment: 'production',
        status: 'active',
        shopId: 'shop-1',
        authorizationId: authorization.id,
      },
    });
    await db.prisma.flow.create({
      data: {
        connectionId: connection.id,
        subjectId: connection.id,
        name: 'pull-orders',
        lane: 'urgent',
        nextAttemptAt: new Date(now.getTime() - HOUR_MS),
        failures: 4,
        lastError: 'TikTok is down',
      },
    });
    await db.prisma.outboxEntry.create({
      data: {
        companyId,
        connectionId: connection.id,
        targetId: connection.id,
        effect: 'mark-package-shipped',
        naturalKey: 'n',
        orderingKey: 'o',
        lane: 'urgent',
        payload: {},
        state: 'needs_person',
      },
    });
    const findings = await examine(deps);
    t.same(stateOf(findings, 'authorisations'), ['warn'], 'the consent ends soon');
    t.same(stateOf(findings, 'scopes'), ['fail']);
    t.same(stateOf(findings, 'flows'), ['warn', 'warn'], 'failing and overdue');
    t.same(stateOf(findings, 'outbox'), ['warn']);
    t.match(formatFindings(findings), /1 push waits for a person/);
    t.match(formatFindings(findings), new RegExp(`/connections/${connection.id}\\b.*command outbox`));
    t.ok(findings.filter((finding) => finding.state !== 'ok').every((finding) => finding.next));
    t.match(formatFindings(findings), 'TikTok is down');

    await db.prisma.authorization.update({
      where: { id: authorization.id },
      data: { status: 'needs_reauthorization', statusReason: 'The refresh token is dead.' },
    });
    t.same(stateOf(await examine(deps), 'authorisations'), ['fail']);
  });

  await t.test('tokens that no configured key opens are found before they are needed', async (t) => {
    const row = await db.prisma.authorization.findFirstOrThrow();
    const place = { table: 'authorizations', row: row.id, column: 'access_token' };
    const store = (accessToken: string): Promise<unknown> =>
      db.prisma.authorization.update({ where: { id: row.id }, data: { accessToken } });
    await store(sealer.seal('token', place));
    t.same(stateOf(await examine(deps), 'encryption'), ['ok']);
    await store(otherSealer.seal('token', place));
    t.same(stateOf(await examine(deps), 'encryption'), ['fail']);
  });

  await t.test('a missing month of history is told', async (t) => {
    const later = { now: () => new Date('2050-01-01T00:00:00Z') };
    t.same(stateOf(await examine({ ...deps, clock: later }), 'partitions'), ['warn']);
  });

  await t.test('a start is refused when its pools could not fit', async (t) => {
    await checkConnectionBudget(db, 20);
    await t.rejects(checkConnectionBudget(db, 100_000), { code: 'configuration-invalid' });
  });

  await t.test('a database without its tables says so once', async (t) => {
    await db.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const findings = await examine(deps);
    t.same(stateOf(findings, 'migrations'), ['fail']);
    t.same(stateOf(findings, 'flows'), []);
  });
});

await t.test('a database that cannot be reached is a finding, and the other checks go on', async (t) => {
  const url = 'postgresql://nobody:planted@127.0.0.1:1/none';
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  const findings = await examine({
    config: loadConfig({ DATABASE_URL: url }),
    clock,
    nodeVersion: 'v18.0.0',
    database: { url, db, sealer, sealed: sealedTokens },
    queueHealth: () => Promise.reject(new Error('refused')),
    tiktokTime: null,
  });
  t.same(stateOf(findings, 'node'), ['fail']);
  t.same(stateOf(findings, 'database'), ['fail']);
  t.same(stateOf(findings, 'queue'), ['fail']);
  t.notMatch(formatFindings(findings), 'planted');
});

await t.test(
  'a queue store that may throw jobs away, or the demo that does not run, is a warning',
  async (t) => {
    const findings = await examine({
      config: loadConfig({}),
      clock,
      nodeVersion: 'v24.1.0',
      database: null,
      queueHealth: async () => ({ store: 'redis', ok: true, problem: 'set maxmemory-policy to noeviction' }),
      tiktokTime: null,
    });
    t.same(stateOf(findings, 'queue'), ['warn']);
    t.same(stateOf(findings, 'database'), ['warn']);
  },
);

await t.test('the clock is held against TikTok’s', async (t) => {
  const off = async (byMs: number): Promise<string> =>
    (await checkClock(clock, async () => new Date(now.getTime() - byMs - 500))).state;
  t.equal(await off(0), 'ok');
  t.equal(await off(MINUTE_MS), 'warn');
  t.equal(await off(-MINUTE_MS), 'warn');
  t.equal(await off(6 * MINUTE_MS), 'fail');
  t.equal((await checkClock(clock, () => Promise.reject(new Error('no route')))).state, 'warn');
});

await t.test('Node.js 20.19 is the oldest that is accepted', async (t) => {
  const states = ['v20.18.9', 'v20.19.0', 'v22.0.0', 'v18.20.0'].map((version) => checkNode(version).state);
  t.same(states, ['fail', 'ok', 'ok', 'fail']);
});

await t.test('a configuration that cannot be loaded becomes one finding per variable', async (t) => {
  try {
    loadConfig({ PORT: 'x', ROLE: 'y' });
    t.fail('must not load');
  } catch (error) {
    t.match(
      findingsOfConfiguration(error).map((finding) => finding.detail),
      [/^ROLE must be/, /^PORT must be/],
    );
  }
  t.throws(() => findingsOfConfiguration(new Error('a bug')), /a bug/);
});
