import { somebody } from '../support/actors.js';
import t from 'tap';
import { rangeOf } from '../../src/kernel/address-range.js';
import { countFailure, deleteOldAttempts } from '../../src/companies/login-attempt-store.js';
import { createLogIn } from '../../src/companies/login-guard.js';
import { createOperator } from '../../src/companies/operator-store.js';
import { createPasswordTurns } from '../../src/companies/password-turns.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/kernel/time.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const tx = db.prisma;
const start = new Date('2026-03-01T12:00:00Z');
const good = { login: 'admin', password: 'the right password' };
await createOperator(tx, { ...good, by: somebody });

await t.test('who guesses is slowed, and the owner logs in from elsewhere with his password', async (t) => {
  let at = start;
  const clock = { now: () => at };
  const [thief, owner] = ['203.0.113.9', '198.51.100.1'];
  for (let i = 0; i < 4; i++) await countFailure(tx, { login: good.login, range: thief }, at);
  const logIn = createLogIn(clock);
  const guess = { login: good.login, range: thief, password: 'wrong' };
  t.equal((await logIn(tx, guess)).result, 'wrong', 'the fifth try');
  t.same(await logIn(tx, { ...good, range: thief }), { result: 'slowed', waitMs: 5 * SECOND_MS });
  t.equal((await createLogIn(clock)(tx, guess)).result, 'slowed', 'another process knows of it');
  t.match(await logIn(tx, { ...good, range: owner }), { result: 'welcome', operator: { login: 'admin' } });
  at = new Date(start.getTime() + 5 * SECOND_MS);
  for (let i = 0; i < 30; i++) await countFailure(tx, guess, at);
  t.same(await logIn(tx, guess), { result: 'slowed', waitMs: 15 * MINUTE_MS }, 'the wait has an end');
  t.equal((await logIn(tx, { ...guess, login: 'bob' })).result, 'slowed', 'the range has failed enough');
  at = new Date(at.getTime() + 15 * MINUTE_MS);
  t.equal((await logIn(tx, { ...good, range: thief })).result, 'welcome');
  t.equal(await tx.loginAttempt.count(), 0, 'a good log-in forgets its failures');
});

await t.test('nothing is kept of failures that are an hour old', async (t) => {
  await countFailure(tx, { login: 'x'.repeat(1_000), range: '192.0.2.1' }, start);
  t.equal(await deleteOldAttempts(tx, new Date(start.getTime() + HOUR_MS - 1)), 0);
  t.equal(await deleteOldAttempts(tx, new Date(start.getTime() + HOUR_MS)), 1);
});

await t.test('log-ins are checked one by one in a short line, of which no range takes all', async (t) => {
  const clock = { now: () => start };
  const turns = createPasswordTurns(clock, { atOnce: 1, mostWaiting: 3, mostFromRange: 2 });
  const order: string[] = [];
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  let running = 0;
  const check = (name: string) => async () => {
    t.equal(++running, 1, 'one at a time');
    await held;
    order.push(name);
    running -= 1;
  };
  const full = { code: 'too-many-requests', retryAfterMs: 3_000 };
  const taken = ['a1', 'a2', 'a3'].map((name) => turns.take('a', check(name)));
  await t.rejects(turns.take('a', check('a4')), full, 'this range has its share');
  const stranger = turns.take('b', check('b1'));
  await t.rejects(turns.take('c', check('c1')), full, 'the line is full');
  turns.knows('d');
  const refused = t.rejects(stranger, full, 'the last stranger makes room');
  const known = turns.take('d', check('d1'));
  release();
  await Promise.all([...taken, known, refused]);
  t.same(order, ['a1', 'a2', 'a3', 'd1']);
});

await t.test(
  'a range is one IPv4 address, or what a customer has of IPv6, however a proxy writes it',
  (t) => {
    const cases: [string | undefined, string][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['203.0.113.7:51234', '203.0.113.7'],
      ['2001:db8:0:12::1', '2001:db8:0:12::/64'],
      ['2001:0DB8::0012:9:8:7:6', '2001:db8:0:12::/64'],
      ['[2001:db8:0:12:1:2:3:4]:443', '2001:db8:0:12::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
      ['unknown', 'unknown'],
      ['1'.repeat(100_000), 'unknown'],
      ['', 'unknown'],
      [undefined, 'unknown'],
    ];
    for (const [address, range] of cases) t.equal(rangeOf(address), range, String(address).slice(0, 50));
    t.end();
  },
);
