import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { accessTokensFor } from '../../src/connections/access-token.js';
import { sealedTokens } from '../../src/connections/authorization-store.js';
import { forgetKey } from '../../src/connections/forget-key.js';
import { joinKeyRing, keyProblems, retireKeys } from '../../src/store/key-check.js';
import { keysInUse, reseal } from '../../src/store/sealed-columns.js';
import { createSealer, type SecretKey } from '../../src/store/secrets.js';
import { somebody } from '../support/actors.js';
import { europeanSeller, indonesianSeller, startConnectionWorld, usSeller } from './connection-world.js';
import type { TokenOrder } from './token-process.js';

const PATIENCE_MS = 60_000;
const world = await startConnectionWorld(t);
const { db } = world.deps;
const tx = db.prisma;
const oldKey: SecretKey = { id: 'test', bytes: world.sealingKey };
const newKey: SecretKey = { id: 'newer', bytes: Buffer.alloc(32, 7) };
const lastKey: SecretKey = { id: 'last', bytes: Buffer.alloc(32, 9) };

const connections = [
  await world.connected(usSeller),
  await world.connected(indonesianSeller),
  await world.connected(europeanSeller),
];
const authorizationIds = connections.map(({ authorizationId }) => authorizationId ?? 0);

interface TokenProcess {
  lines: string[];
  child: ChildProcess;
  count(line: string): number;
  errors(): string[];
  end(): Promise<void>;
}

await t.test('a key is replaced by restarts in any order, while two processes refresh tokens', async (t) => {
  let a = await begin('a', [oldKey]);
  let b = await begin('b', [oldKey]);
  await work(a, b);

  a = await restart(a, 'a', [newKey, oldKey]);
  await work(a, b);
  t.same([...(await inUse()).keys()], ['test'], 'the new key waits for the process that does not know it');
  t.equal(await resealBy([newKey, oldKey]), 0);

  a = await restart(a, 'a', [oldKey]);
  await work(a, b);
  a = await restart(a, 'a', [newKey, oldKey]);
  b = await restart(b, 'b', [newKey, oldKey]);
  await work(a, b);
  await resealBy([newKey, oldKey]);
  t.same(
    [...(await inUse()).keys()],
    ['newer'],
    'once all know it, it seals, and what was sealed is sealed anew',
  );

  b = await restart(b, 'b', [newKey]);
  await work(a, b);
  a = await restart(a, 'a', [newKey]);
  await work(a, b);

  const tooOld = await begin('c', [oldKey]);
  t.match(
    tooOld.lines.join('\n'),
    /refused .* sealed with the key "newer", which ENCRYPTION_KEYS does not name/,
  );
  const tooNew = await begin('d', [lastKey]);
  t.match(tooNew.lines.join('\n'), /refused .*"newer"/, 'nobody skips the step in which both are known');
  await work(a, b);
  await Promise.all([a.end(), b.end()]);
  await allShopsAnswer(newKey);
});

await t.test(
  'a process that slept through the change does no harm, says what is wrong, and is taken along again',
  async (t) => {
    const sleeper = await begin('sleeper', [newKey]);
    await work(sleeper);
    sleeper.child.kill('SIGSTOP');
    // As long as it is silent, nobody knows whether it lives.
    await tx.$executeRaw`UPDATE key_holders SET seen_at = seen_at - interval '10 minutes' WHERE name LIKE 'sleeper%'`;
    const other = await begin('other', [lastKey, newKey]);
    await work(other);
    await resealBy([lastKey, newKey]);
    t.same([...(await inUse()).keys()], ['last']);
    sleeper.child.kill('SIGCONT');
    await until(() => sleeper.errors().length > 0);
    t.match(
      sleeper.errors()[0],
      /sealed with the key last, which is not configured in this process. Restart it/,
    );
    t.same(
      await tx.authorization.count({ where: { status: { not: 'active' } } }),
      0,
      'no authorisation is given up',
    );
    // It says so every 20 s; here at once.
    await tx.$executeRaw`UPDATE key_holders SET seen_at = clock_timestamp() WHERE name LIKE 'sleeper%'`;
    // What was being saved at that moment is sealed with the key of before, and is sealed anew by the next sweep.
    await until(async () => {
      await resealBy([lastKey, newKey]);
      return !(await inUse()).has('last');
    });
    const refreshed = sleeper.count('refreshed');
    await until(() => sleeper.count('refreshed') >= refreshed + authorizationIds.length);
    await work(sleeper, other);
    await Promise.all([sleeper.end(), other.end()]);
    await resealBy([lastKey, newKey]);
    await allShopsAnswer(lastKey);
  },
);

await t.test(
  'a wrong key is refused at start, a missing one by its name, and nothing is written over',
  async (t) => {
    const before = await tx.authorization.findMany({ orderBy: { id: 'asc' } });
    const impostor = { id: 'last', bytes: Buffer.alloc(32, 1) };
    const columns = sealedTokens;
    const refused = await begin('e', [impostor]);
    t.match(refused.lines.join('\n'), /refused The key last in ENCRYPTION_KEYS is not the one of that name/);
    await tx.encryptionKey.deleteMany();
    t.match(
      (await keyProblems(tx, { sealer: createSealer([impostor]), columns }))[0]?.message,
      /The key last .* is not the one/,
      'a database without check values knows it by what was sealed',
    );
    const holder = { id: 'x', name: 'x' };
    await t.rejects(joinKeyRing(db, { sealer: createSealer([oldKey]), columns, holder }), {
      code: 'configuration-invalid',
      message: /6 stored secrets are sealed with the key "last".*forget-key last/,
    });
    await joinKeyRing(db, { sealer: createSealer([lastKey]), columns, holder });
    await tx.keyHolder.deleteMany();
    t.same(await tx.authorization.findMany({ orderBy: { id: 'asc' } }), before);
    t.equal(await retireKeys(db, columns), 0, 'the key in use keeps its check value');
  },
);

await t.test('a lost key is given up: its shops wait for their sellers, and a new key begins', async (t) => {
  t.equal(await forgetKey(db, { keyId: 'last', by: somebody }), 3);
  t.equal((await inUse()).size, 0);
  const rows = await tx.connection.findMany({ select: { status: true, statusReason: true } });
  t.same([...new Set(rows.map(({ status }) => status))], ['needs_reauthorization']);
  t.match(rows[0]?.statusReason, /encryption key last .* was given up/);
  const fresh = await begin('f', [newKey]);
  t.same(fresh.lines.slice(0, 1), ['joined']);
  await fresh.end();
});

async function begin(name: string, keys: SecretKey[]): Promise<TokenProcess> {
  const app = world.deps.tiktok.apps.simulator;
  if (!app) throw new Error('no app');
  const order: TokenOrder = {
    name,
    databaseUrl: world.databaseUrl,
    simulatorUrl: world.simulator.url,
    keys: keys.map(({ id, bytes }) => ({ id, hex: bytes.toString('hex') })),
    app,
    authorizationIds,
  };
  const script = fileURLToPath(new URL('token-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = once(child, 'close');
  await until(() => lines.length > 0);
  return {
    lines,
    child,
    count: (line) => lines.filter((own) => own === line).length,
    errors: () => lines.filter((line) => line.startsWith('error')),
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function restart(running: TokenProcess, name: string, keys: SecretKey[]): Promise<TokenProcess> {
  await running.end();
  const next = await begin(name, keys);
  t.same(next.lines.slice(0, 1), ['joined'], `${name} starts with ${keys.map(({ id }) => id).join(',')}`);
  return next;
}

/** Each process refreshes every authorisation, and nothing goes wrong. */
async function work(...processes: TokenProcess[]): Promise<void> {
  const before = processes.map((one) => [one.count('refreshed'), one.errors().length] as const);
  await until(() =>
    processes.every(
      (one, nth) => one.count('refreshed') >= (before[nth]?.[0] ?? 0) + authorizationIds.length,
    ),
  );
  for (const [nth, one] of processes.entries()) t.same(one.errors().slice(before[nth]?.[1]), []);
}

/** TikTok takes the tokens that are stored, so none was lost. */
async function allShopsAnswer(key: SecretKey): Promise<void> {
  for (const id of authorizationIds) {
    const tokens = accessTokensFor({ ...world.deps, sealer: createSealer([key]) }, id);
    const { version } = await tokens.current();
    t.ok((await tokens.refresh(version)).version > version);
  }
  t.equal(await tx.authorization.count({ where: { status: 'active' } }), authorizationIds.length);
}

async function resealBy(keys: SecretKey[]): Promise<number> {
  return reseal(db, createSealer(keys), sealedTokens);
}

async function inUse(): Promise<Map<string, number>> {
  return keysInUse(tx, sealedTokens);
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let waitedMs = 0; !(await holds()); waitedMs += 20) {
    if (waitedMs > PATIENCE_MS) throw new Error('it did not come about');
    await sleep(20);
  }
}
