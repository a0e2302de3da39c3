import { somebody } from '../support/actors.js';
import t from 'tap';
import {
  createApiKey,
  ensureDemoKey,
  findCallerByKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '../../src/companies/api-key-store.js';
import { createCompany } from '../../src/companies/company-store.js';
import {
  authenticateOperator,
  createOperator,
  ensureDemoOperator,
} from '../../src/companies/operator-store.js';
import {
  defaultSessionTimes as times,
  deleteExpiredSessions,
  endSession,
  findSession,
  startSession,
} from '../../src/companies/operator-session-store.js';
import { hashPassword, verifyPassword } from '../../src/companies/password.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/kernel/time.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const tx = db.prisma;
const now = new Date('2026-03-01T12:00:00Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);

await t.test('companies are numbered from 7001 and need a name', async (t) => {
  const company = await createCompany(tx, { name: '  Harbor Goods LLC ' });
  t.ok(company.id >= 7001);
  t.equal(company.name, 'Harbor Goods LLC');
  await t.rejects(createCompany(tx, { name: ' ' }), { code: 'invalid-request' });
  await t.rejects(createCompany(tx, { name: 'x'.repeat(201) }), { code: 'invalid-request' });
});

await t.test('a key finds its company, and the store holds only its hash', async (t) => {
  const company = await createCompany(tx, { name: 'Keys' });
  const { key, apiKey } = await createApiKey(tx, { companyId: company.id, slot: 'primary', now });
  t.match(key, /^tsc_[\w-]{43}$/);
  t.same(await findCallerByKey(db, key, now), {
    companyId: company.id,
    companyName: 'Keys',
    keyId: apiKey.id,
    slot: 'primary',
  });
  t.notMatch(JSON.stringify(await tx.apiKey.findMany()), key);
  for (const wrong of ['', 'demo', `${key} `, key.slice(0, -1), key.toUpperCase(), 'x'.repeat(1_000_000)]) {
    t.equal(await findCallerByKey(db, wrong, now), null);
  }
});

await t.test('two keys are live at once, one each of primary and secondary', async (t) => {
  const { id: companyId } = await createCompany(tx, { name: 'Two keys' });
  const primary = await createApiKey(tx, { companyId, slot: 'primary', now });
  const secondary = await createApiKey(tx, { companyId, slot: 'secondary', now });
  t.ok(await findCallerByKey(db, primary.key, now));
  t.ok(await findCallerByKey(db, secondary.key, now));
  await t.rejects(createApiKey(tx, { companyId, slot: 'primary', now }), { code: 'conflict' });
  t.same(
    (await listApiKeys(tx, companyId)).map(({ slot }) => slot),
    ['primary', 'secondary'],
  );
});

await t.test('a revoked or replaced key is refused on the next call', async (t) => {
  const { id: companyId } = await createCompany(tx, { name: 'Rotation' });
  const first = await createApiKey(tx, { companyId, slot: 'primary', now });
  const second = await db.transaction((tx) => rotateApiKey(tx, { companyId, slot: 'primary', now }));
  t.equal(await findCallerByKey(db, first.key, now), null);
  t.ok(await findCallerByKey(db, second.key, now));
  t.equal(await revokeApiKey(tx, { companyId, slot: 'primary', now }), 1);
  t.equal(await findCallerByKey(db, second.key, now), null);
  t.equal(await revokeApiKey(tx, { companyId, slot: 'primary', now }), 0);
});

await t.test('a key ends at its expiry, and an expired key does not hold its slot', async (t) => {
  const { id: companyId } = await createCompany(tx, { name: 'Expiry' });
  const wanted = { companyId, slot: 'primary' as const, now };
  const { key } = await createApiKey(tx, { ...wanted, expiresAt: after(HOUR_MS) });
  t.ok(await findCallerByKey(db, key, after(HOUR_MS - 1)));
  t.equal(await findCallerByKey(db, key, after(HOUR_MS)), null);
  await t.resolves(createApiKey(tx, { ...wanted, now: after(HOUR_MS) }));
});

await t.test('the last use of a key is noted at most once a minute', async (t) => {
  const { id: companyId } = await createCompany(tx, { name: 'Use' });
  const { key } = await createApiKey(tx, { companyId, slot: 'primary', now });
  const lastUse = async (at: Date): Promise<Date | null | undefined> => {
    await findCallerByKey(db, key, at);
    return (await listApiKeys(tx, companyId))[0]?.lastUsedAt;
  };
  t.same(await lastUse(now), now);
  t.same(await lastUse(after(59 * SECOND_MS)), now);
  t.same(await lastUse(after(61 * SECOND_MS)), after(61 * SECOND_MS));
});

await t.test('the demo key is there once, however often the demo starts', async (t) => {
  t.equal(await findCallerByKey(db, 'demo', now), null);
  const { id: companyId } = await createCompany(tx, { name: 'Demo' });
  await ensureDemoKey(tx, { companyId, now });
  await ensureDemoKey(tx, { companyId, now });
  t.equal((await findCallerByKey(db, 'demo', now))?.companyId, companyId);
});

await t.test('passwords are hashed with their own salt, and verify only themselves', async (t) => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  t.match(first, /^scrypt\$15\$8\$3\$/);
  t.not(first, second);
  t.equal(await verifyPassword('correct horse', first), true);
  t.equal(await verifyPassword('correct horse ', first), false);
  t.equal(await verifyPassword('correct horse', null), false);
  t.equal(await verifyPassword('correct horse', 'nonsense'), false);
});

await t.test(
  'an operator logs in with any case of his login; short passwords and second accounts are refused',
  async (t) => {
    const operator = await createOperator(tx, {
      by: somebody,
      login: 'Ada@example.com',
      password: 'twelve chars!',
    });
    t.same(
      await authenticateOperator(tx, { login: ' ADA@example.com', password: 'twelve chars!' }),
      operator,
    );
    t.equal(await authenticateOperator(tx, { login: 'ada@example.com', password: 'wrong' }), null);
    t.equal(await authenticateOperator(tx, { login: 'nobody', password: 'twelve chars!' }), null);
    await t.rejects(createOperator(tx, { by: somebody, login: 'bob', password: 'short' }), {
      code: 'invalid-request',
    });
    await t.rejects(createOperator(tx, { by: somebody, login: 'b o b', password: 'twelve chars!' }), {
      code: 'invalid-request',
    });
    await t.rejects(
      createOperator(tx, { by: somebody, login: 'ada@example.com', password: 'twelve chars!' }),
      {
        code: 'conflict',
      },
    );
    t.same(await ensureDemoOperator(tx), await ensureDemoOperator(tx));
    t.ok(await authenticateOperator(tx, { login: 'demo', password: 'demo' }));
  },
);

await t.test('a session ends when idle for half an hour, after twelve hours, and at log-out', async (t) => {
  const operator = await createOperator(tx, { by: somebody, login: 'sessions', password: 'twelve chars!' });
  const { cookie, session } = await startSession(tx, operator, { now, times });
  t.notMatch(JSON.stringify(await tx.operatorSession.findMany()), cookie);
  t.same(await findSession(tx, cookie, { now: after(29 * MINUTE_MS), times }), session);
  t.ok(await findSession(tx, cookie, { now: after(58 * MINUTE_MS), times }), 'use keeps it alive');
  t.equal(await findSession(tx, cookie, { now: after(89 * MINUTE_MS), times }), null, 'idle');
  t.equal(await findSession(tx, 'another cookie', { now, times }), null);

  const busy = await startSession(tx, operator, { now, times });
  for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
    t.ok(await findSession(tx, busy.cookie, { now: after(minutes * MINUTE_MS), times }));
  }
  t.equal(await findSession(tx, busy.cookie, { now: after(12 * HOUR_MS), times }), null, 'absolute');

  const left = await startSession(tx, operator, { now, times });
  await endSession(tx, left.session.idHash);
  t.equal(await findSession(tx, left.cookie, { now, times }), null, 'logged out');
  t.equal(await deleteExpiredSessions(tx, after(12 * HOUR_MS)), 2, 'nothing is kept of ended sessions');
});
