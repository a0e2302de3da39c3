import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { accessTokensFor } from '../../src/connections/access-token.js';
import { findAuthorization, sealedTokens } from '../../src/connections/authorization-store.js';
import type { Connection } from '../../src/connections/connection.js';
import { getConnection } from '../../src/connections/connection-store.js';
import { pauseConnection, resumeConnection } from '../../src/connections/manage-connection.js';
import { openShop } from '../../src/connections/open-shop.js';
import { reseal } from '../../src/store/sealed-columns.js';
import { createSealer } from '../../src/store/secrets.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/time.js';
import { somebody } from '../support/actors.js';
import { europeanSeller, indonesianSeller, startConnectionWorld, usSeller } from './connection-world.js';
import type { CrashOrder } from './crashing-refresher.js';

const REFRESH = '/api/v2/token/refresh';

const world = await startConnectionWorld(t);
const { deps, simulator, proxy } = world;
const tx = deps.db.prisma;

const connection = await world.connected(usSeller);
const authorizationId = connection.authorizationId ?? 0;
const tokens = accessTokensFor(deps, authorizationId);

async function statusOf(id: number): Promise<Pick<Connection, 'status' | 'statusReason'>> {
  const { status, statusReason } = await getConnection(tx, { id });
  return { status, statusReason };
}

async function eventsOf(connectionId: number, typeId: number): Promise<number> {
  return tx.event.count({ where: { connectionId, typeId } });
}

/** How often a new pair could not be saved, by the log. */
function failedSaves(): number {
  return world.logged().split('new tokens not saved yet').length - 1;
}

/** The version that the row has now, without asking for a token. */
async function storedVersion(): Promise<number> {
  return (await findAuthorization(tx, authorizationId))?.tokenVersion ?? 0;
}

await t.test('a token with more than a day left is used as it is', async (t) => {
  const before = world.calls(REFRESH);
  const first = await tokens.current();
  t.same(await tokens.current(), first);
  t.equal(world.calls(REFRESH), before);
});

await t.test(
  'one day before its end a token is renewed, and callers meanwhile use the one that is still good',
  async (t) => {
    const old = await tokens.current();
    world.advance(6 * DAY_MS + HOUR_MS);
    const before = world.calls(REFRESH);
    const used = await Promise.all(Array.from({ length: 20 }, () => tokens.current()));
    t.equal(world.calls(REFRESH), before + 1);
    t.ok(used.every(({ version }) => version === old.version || version === old.version + 1));
    t.equal((await tokens.current()).version, old.version + 1);
  },
);

await t.test(
  '50 callers in two processes on an expired token make one refresh, and all get the new token',
  async (t) => {
    const other = world.anotherProcess();
    world.advance(8 * DAY_MS);
    const before = world.calls(REFRESH);
    const version = await storedVersion();
    const callers = Array.from({ length: 50 }, (_, i) =>
      accessTokensFor(i % 2 === 0 ? deps : other, authorizationId).current(),
    );
    const held = await Promise.all(callers);
    t.equal(world.calls(REFRESH), before + 1);
    t.same(new Set(held.map((token) => token.version)), new Set([version + 1]));
    t.equal(new Set(held.map((token) => token.token)).size, 1);
  },
);

await t.test('while a refresh is under way nobody holds a database connection for it', async (t) => {
  const version = await storedVersion();
  let openTransactions = -1;
  proxy.beforeAnswer = async (path) => {
    if (!path.startsWith(REFRESH)) return;
    const { rows } = await deps.db.pool.query<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
    );
    openTransactions = Number(rows[0]?.count);
  };
  await Promise.all(Array.from({ length: 10 }, () => tokens.refresh(version)));
  proxy.beforeAnswer = null;
  t.equal(openTransactions, 0);
});

await t.test('a call with a token that TikTok has ended is repeated once with a new one', async (t) => {
  const { api } = await openShop(deps, connection.id, 'urgent');
  simulator.control.expireTokens('access', usSeller);
  const before = world.calls(REFRESH);
  const pages = await Promise.all(
    Array.from({ length: 8 }, () => api.searchOrders({ pageSize: 5, sort: 'update_time', order: 'ASC' })),
  );
  t.ok(pages.every(({ orders }) => orders.length > 0));
  t.equal(world.calls(REFRESH), before + 1);
});

await t.test(
  'a refresh whose answer is lost succeeds at the second try while the old refresh token lives',
  async (t) => {
    simulator.control.setBehaviour({ oldRefreshToken: 'grace' });
    const version = await storedVersion();
    proxy.loseAnswers(REFRESH, 1);
    t.ok((await tokens.refresh(version)).version > version);
    t.equal((await statusOf(connection.id)).status, 'active');
    simulator.control.setBehaviour({ oldRefreshToken: 'dies' });
  },
);

await t.test('a pair that the database cannot take at once is kept until it can', async (t) => {
  const version = await storedVersion();
  proxy.beforeAnswer = async (path) => {
    if (!path.startsWith(REFRESH)) return;
    await tx.$executeRawUnsafe(
      `ALTER TABLE authorizations ADD CONSTRAINT refuses_tokens CHECK (token_version <= ${version}) NOT VALID`,
    );
  };
  const refreshed = tokens.refresh(version);
  const deadlineMs = Date.now() + 10_000;
  while (failedSaves() < 3 && Date.now() < deadlineMs) await sleep(20);
  t.ok(failedSaves() >= 3, 'saving fails');
  await tx.$executeRawUnsafe('ALTER TABLE authorizations DROP CONSTRAINT refuses_tokens');
  t.ok((await refreshed).version > version);
  proxy.beforeAnswer = null;
});

await t.test(
  'a process that dies before it has saved costs no more than a new consent, and says so',
  async (t) => {
    const version = await storedVersion();
    const sharing = await world.draft('Second shop of the same seller');
    await world.consent(sharing.id, usSeller);
    const failedVersion = await storedVersion();
    t.ok(failedVersion > version);

    await crash({ failedVersion });
    const { leaseUntil } = await leaseOf();
    t.ok(leaseUntil, 'its lease is still there');
    // The lease runs out.
    world.advance(2 * MINUTE_MS);

    await t.rejects(tokens.refresh(failedVersion), { code: 'needs-reauthorization' });
    const { status, statusReason } = await statusOf(connection.id);
    t.equal(status, 'needs_reauthorization');
    t.match(statusReason, /36004005|can not find related auth record/i);
    t.match(statusReason, /ended before it could save/);
    t.equal((await statusOf(sharing.id)).status, 'draft', 'a draft stays a draft');
    t.equal(await eventsOf(connection.id, 83), 1);

    const before = world.calls(REFRESH);
    await t.rejects(tokens.current(), { code: 'needs-reauthorization' });
    await t.rejects(openShop(deps, connection.id, 'background'), { code: 'needs-reauthorization' });
    t.equal(world.calls(REFRESH), before, 'nobody asks TikTok again until the seller has consented');
    t.equal(await eventsOf(connection.id, 83), 1, 'said once');
  },
);

await t.test('a new consent brings all connections of the seller back', async (t) => {
  await world.consent(connection.id, usSeller);
  t.same(await statusOf(connection.id), { status: 'active', statusReason: null });
  t.ok(await tokens.current());
  const { api } = await openShop(deps, connection.id, 'urgent');
  t.ok((await api.searchOrders({ pageSize: 5, sort: 'update_time', order: 'ASC' })).orders.length > 0);
});

await t.test('an answer that comes after its lease ran out still saves the day', async (t) => {
  const version = await storedVersion();
  const gate = new EventEmitter();
  const arrived = once(gate, 'arrived');
  const released = once(gate, 'released');
  proxy.beforeAnswer = async (path) => {
    if (!path.startsWith(REFRESH)) return;
    proxy.beforeAnswer = null;
    gate.emit('arrived');
    await released;
  };
  const slow = tokens.refresh(version);
  await arrived;
  world.advance(2 * MINUTE_MS);
  // TikTok has replaced the refresh token already, so the second caller is refused and stops the connection.
  await t.rejects(tokens.refresh(version), { code: 'needs-reauthorization' });
  t.equal((await statusOf(connection.id)).status, 'needs_reauthorization');
  gate.emit('released');
  t.ok((await slow).version > version);
  t.same(await statusOf(connection.id), { status: 'active', statusReason: null });
  t.ok(await tokens.current());
});

await t.test(
  'a crash is survived without anybody when TikTok still takes the old refresh token',
  async (t) => {
    simulator.control.setBehaviour({ oldRefreshToken: 'grace' });
    const failedVersion = await storedVersion();
    await crash({ failedVersion });
    world.advance(2 * MINUTE_MS);
    t.ok((await tokens.refresh(failedVersion)).version > failedVersion);
    t.equal((await statusOf(connection.id)).status, 'active');
    simulator.control.setBehaviour({ oldRefreshToken: 'dies' });
  },
);

await t.test('a refresh whose answer is lost twice changes nothing and is tried again later', async (t) => {
  const other = await world.connected(indonesianSeller);
  const otherTokens = accessTokensFor(deps, other.authorizationId ?? 0);
  const { version } = await otherTokens.current();
  simulator.control.setBehaviour({ oldRefreshToken: 'grace' });
  proxy.loseAnswers(REFRESH, 2);
  await t.rejects(otherTokens.refresh(version), { code: 'tiktok-unavailable', retry: 'later' });
  t.equal((await statusOf(other.id)).status, 'active');
  t.ok((await otherTokens.refresh(version)).version > version, 'at once, as the lease was given back');
  simulator.control.setBehaviour({ oldRefreshToken: 'dies' });
});

await t.test('a lost answer after which TikTok refuses the token is explained as just that', async (t) => {
  const other = await world.connected(europeanSeller);
  const otherTokens = accessTokensFor(deps, other.authorizationId ?? 0);
  const { version } = await otherTokens.current();
  proxy.loseAnswers(REFRESH, 1);
  await t.rejects(otherTokens.refresh(version), { code: 'needs-reauthorization' });
  t.match((await statusOf(other.id)).statusReason, /newer tokens was lost on its way/);
});

await t.test(
  'a seller who removes the app stops his connections, paused ones only when they are resumed',
  async (t) => {
    await world.consent(connection.id, usSeller);
    await pauseConnection(deps, { by: somebody, connectionId: connection.id });
    simulator.control.deauthorize({ openId: usSeller });
    await t.rejects(tokens.refresh(await storedVersion()), { code: 'needs-reauthorization' });
    t.equal((await statusOf(connection.id)).status, 'paused');
    await resumeConnection(deps, { by: somebody, connectionId: connection.id });
    t.equal((await statusOf(connection.id)).status, 'needs_reauthorization');
    await world.consent(connection.id, usSeller);
    t.equal((await statusOf(connection.id)).status, 'active');
  },
);

await t.test('tokens of another app of ours are not tried', async (t) => {
  const app = deps.tiktok.apps.simulator;
  t.ok(app);
  const moved = {
    ...deps,
    tiktok: { ...deps.tiktok, apps: { simulator: { ...app!, appKey: 'another-app' } } },
  };
  await t.rejects(accessTokensFor(moved, authorizationId).current(), /runs as another app now/);
});

await t.test('tokens are sealed at rest, and sealed anew when the key was replaced', async (t) => {
  const { token } = await tokens.current();
  const dump = JSON.stringify(await tx.authorization.findMany());
  t.notMatch(dump, token);
  const newKey = { id: 'newer', bytes: Buffer.alloc(32, 7) };
  const both = createSealer([newKey, { id: 'test', bytes: world.sealingKey }]);
  t.ok((await reseal(deps.db, both, sealedTokens)) > 0);
  t.equal(await reseal(deps.db, both, sealedTokens), 0, 'nothing is left to do');
  const rotated = { ...deps, sealer: createSealer([newKey]) };
  t.equal((await accessTokensFor(rotated, authorizationId).current()).token, token);
});

await t.test('no token, refresh token or app secret has reached the log', async (t) => {
  const logged = world.logged();
  const { appSecret } = deps.tiktok.apps.simulator ?? { appSecret: 'missing' };
  t.ok(logged.includes('access token refreshed'));
  for (const secret of [appSecret, 'TTP_', 'ROW_', 'GCP_']) t.notOk(logged.includes(secret), secret);
});

async function leaseOf(): Promise<{ leaseUntil: Date | null }> {
  const row = await tx.authorization.findUniqueOrThrow({ where: { id: authorizationId } });
  return { leaseUntil: row.refreshLeaseUntil };
}

/** Lets a process of its own refresh and die before it has saved. */
async function crash({ failedVersion }: { failedVersion: number }): Promise<void> {
  const app = deps.tiktok.apps.simulator;
  if (!app) throw new Error('no app');
  const order: CrashOrder = {
    databaseUrl: world.databaseUrl,
    simulatorUrl: simulator.url,
    sealingKeyHex: world.sealingKey.toString('hex'),
    app,
    authorizationId,
    failedVersion,
  };
  const script = fileURLToPath(new URL('crashing-refresher.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const signal = await new Promise<string | null>((resolve) => {
    child.once('exit', (_code, by) => resolve(by));
  });
  if (signal !== 'SIGKILL') throw new Error('the process did not die as planned');
}
