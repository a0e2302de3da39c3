import t from 'tap';
import { loadConfig } from '../../src/config/config.js';
import { SECOND_MS } from '../../src/kernel/time.js';
import { findCallerByKey } from '../../src/companies/api-key-store.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const PROXY = '10.0.0.1';

async function guardedApi(t: Parameters<typeof testApi>[0]) {
  let now = new Date('2026-11-01T10:00:00Z');
  const asked: string[] = [];
  const api = await testApi(t, db, {
    clock: { now: () => now },
    findCaller: (key) => {
      asked.push(key);
      return findCallerByKey(db, key, now);
    },
    settings: { version: '0', trustedProxies: [PROXY] },
  });
  const ask = async (key: string, from: string) => {
    const headers = { subscriptionkey: key, 'x-forwarded-for': `6.6.6.6, ${from}` };
    return api.app.inject({ url: '/api/v3/Statuses', headers, remoteAddress: PROXY });
  };
  return { ...api, asked, ask, advance: (ms: number) => (now = new Date(now.getTime() + ms)) };
}

await t.test('wrong keys are slowed by address range, before the store is asked', async (t) => {
  const { ask, asked, key, advance } = await guardedApi(t);
  const statuses = new Map<number, number>();
  for (let i = 0; i < 200; i++) {
    // All addresses of one customer of a provider.
    const { statusCode } = await ask(`wrong-${i}`, `2001:db8:7:7::${(i + 1).toString(16)}`);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  }
  t.same(
    [...statuses],
    [
      [401, 50],
      [429, 150],
    ],
  );
  t.equal(asked.length, 50);
  const refused = await ask('wrong', '2001:db8:7:7::1');
  t.match(refused, { statusCode: 429, headers: { 'retry-after': '2' } });
  t.match(refused.json(), { Body: [{ Reason: 'too-many-requests' }] });
  t.equal((await ask(key, '2001:db8:7:8::1')).statusCode, 200, 'an owner comes in from elsewhere');
  advance(2 * SECOND_MS);
  t.equal((await ask(key, '2001:db8:7:7::1')).statusCode, 200, 'a key that was good is never slowed');
  t.equal((await ask('wrong', '2001:db8:7:7::1')).statusCode, 401, 'after the wait there is another try');
});

await t.test(
  'calls that come at once with one key are one look-up, and a wrong one is remembered',
  async (t) => {
    const { ask, asked, key } = await guardedApi(t);
    const answers = await Promise.all(Array.from({ length: 80 }, () => ask(key, '203.0.113.5')));
    t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([200]));
    t.equal(asked.length, 1);
    for (let i = 0; i < 80; i++) t.equal((await ask('revoked', '203.0.113.5')).statusCode, 401);
    t.equal(asked.length, 2);
  },
);

await t.test(
  'TRUSTED_PROXIES takes addresses, networks and names, and refuses whatever lets anybody in',
  (t) => {
    const read = (given: string) => loadConfig({ TRUSTED_PROXIES: given }).trustedProxies;
    t.same(read('10.0.0.5, 172.18.0.0/16,fd00::/8, loopback'), [
      '10.0.0.5',
      '172.18.0.0/16',
      'fd00::/8',
      'loopback',
    ]);
    for (const wrong of [
      '*',
      'true',
      '0.0.0.0/0',
      '::/0',
      '0.0.0.0/1',
      'proxy',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '10.0.0.0/x',
    ])
      t.throws(() => read(wrong), { code: 'configuration-invalid', message: /TRUSTED_PROXIES must / }, wrong);
    t.end();
  },
);

await t.test('one proxy that nobody has named is told of once', async (t) => {
  const { app, log } = await testApi(t, db);
  const call = (remoteAddress: string, headers: Record<string, string>) =>
    app.inject({ url: '/health/live', remoteAddress, headers });
  const told = () => log.lines.filter(({ facts }) => 'proxyAt' in facts);
  for (let i = 0; i < 30; i++) {
    await call('172.18.0.2', { 'x-forwarded-for': `203.0.113.${i}` });
    await call('127.0.0.1', {});
  }
  t.match(told(), [{ level: 'warn', facts: { proxyAt: '172.18.0.2' } }]);
  const open = await testApi(t, db);
  await open.app.inject({ url: '/health/live', remoteAddress: '203.0.113.1' });
  for (let i = 0; i < 30; i++) {
    const headers = { 'x-forwarded-for': '1.1.1.1' };
    await open.app.inject({ url: '/health/live', remoteAddress: '172.18.0.2', headers });
  }
  t.same(
    open.log.lines.filter(({ facts }) => 'proxyAt' in facts),
    [],
    'who calls directly shows that the port is open',
  );
});
