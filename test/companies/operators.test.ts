import { somebody } from '../support/actors.js';
import t from 'tap';
import { setTimeout as pause } from 'node:timers/promises';
import {
  authenticateOperator,
  createOperator,
  ensureDemoOperator,
  getOperator,
  listOperators,
  removeOperator,
  setPassword,
} from '../../src/companies/operator-store.js';
import {
  defaultSessionTimes as times,
  findSession,
  startSession,
} from '../../src/companies/operator-session-store.js';
import { operatorActor } from '../../src/companies/actor.js';
import { passwordProblem } from '../../src/companies/weak-password.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const tx = db.prisma;
const now = new Date('2026-03-01T12:00:00Z');
const first = { login: 'ada', password: 'a long first word' };
const second = { login: 'bob', password: 'another long word' };
const ada = await createOperator(tx, { ...first, by: somebody });

await t.test('a password that others would try is refused with the reason', async (t) => {
  for (const [password, reason, login = 'ada'] of [
    ['short', /at least 12/],
    ['x'.repeat(1001), /at most 1000/],
    ['aaaaaaaaaaaa', /repeats/],
    ['aaaaaaaaaaab', /repeats/],
    ['abcabcabcabc', /repeats/],
    ['hunterhunter', /repeats/],
    ['ada-ada.ada!1', /login/],
    ['Harbor.Admin2026', /login/, 'harbor.admin'],
    ['grace@harbor.example', /login/, 'grace@harbor.example'],
    ['password1234', /well-known/],
    ['Password is good', /well-known/],
    ['P@ssw0rd2026', /well-known/],
    ['administrator!', /well-known/],
    ['changeme-2026', /well-known/],
    ['letmein123456', /well-known/],
    ['welcome tiktok', /well-known/],
    ['123456789012', /well-known/],
    ['qwertyuiop[]', /well-known/],
    ['Summer2026!!!!', /well-known/],
  ] as [string, RegExp, string?][]) {
    t.match(passwordProblem(password, login), reason, password.slice(0, 40));
    await t.rejects(createOperator(tx, { by: somebody, login, password }), { code: 'invalid-request' });
    if (login !== 'ada') continue;
    await t.rejects(setPassword(db, { id: ada.id, password, by: somebody, now }), {
      code: 'invalid-request',
    });
  }
  for (const good of [
    'twelve chars!',
    'a long password',
    'Xk9#mQ2$vL7p',
    '#$%!&*()=+qT9',
    '8342 9917 2260',
    'my password is a giraffe',
    'correct horse battery staple',
  ])
    t.equal(passwordProblem(good, 'ada'), null, good);
});

await t.test('a new password ends every session at once, and the old one lets nobody in', async (t) => {
  const { cookie } = await startSession(tx, ada, { now, times });
  t.ok(await findSession(tx, cookie, { now, times }));
  // Checked with the old password, but not logged in yet when the new one is set.
  const late = await authenticateOperator(tx, first);
  if (!late) return t.fail('the first password is good');
  await setPassword(db, {
    id: ada.id,
    password: 'a long second word',
    by: operatorActor({ id: 2, login: 'bob', role: 'operator', companyId: null }, '127.0.0.1'),
    now,
  });
  t.equal(await findSession(tx, cookie, { now, times }), null);
  const tooLate = await startSession(tx, late, { now, times });
  t.equal(await findSession(tx, tooLate.cookie, { now, times }), null, 'a log-in that was under way');
  t.equal(await authenticateOperator(tx, first), null);
  const again = await authenticateOperator(tx, { ...first, password: 'a long second word' });
  if (!again) return t.fail('the second password is good');
  const fresh = await startSession(tx, again, { now, times });
  t.ok(await findSession(tx, fresh.cookie, { now, times }));
  t.match(await listOperators(tx), [
    {
      login: 'ada',
      createdBy: 'the command line (user tester)',
      passwordSetAt: now,
      passwordSetBy: 'operator bob',
      lastSeenAt: now,
    },
  ]);
  t.notMatch(JSON.stringify(await listOperators(tx)), 'scrypt');
  return undefined;
});

await t.test('a removed operator is out at once, also with a log-in that was under way', async (t) => {
  const bob = await createOperator(tx, { ...second, by: somebody });
  const { cookie } = await startSession(tx, bob, { now, times });
  const late = await authenticateOperator(tx, second);
  if (!late) return t.fail('the password is good');
  await removeOperator(db, bob);
  t.equal(await findSession(tx, cookie, { now, times }), null);
  await t.rejects(startSession(tx, late, { now, times }), { code: 'not-authenticated' });
  t.equal(await authenticateOperator(tx, second), null);
  await t.rejects(getOperator(tx, { login: 'bob' }), { code: 'not-found' });
  await t.rejects(removeOperator(db, bob), { code: 'not-found' });
  return undefined;
});

await t.test('one operator is left, also when two remove each other at the same moment', async (t) => {
  await t.rejects(removeOperator(db, ada), { code: 'rule-violated', message: /ada is the last operator/ });
  const bob = await createOperator(tx, { ...second, by: somebody });
  const outcomes = await Promise.allSettled([removeOperator(db, ada), removeOperator(db, bob)]);
  t.same(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  t.equal((await listOperators(tx)).length, 1);
  // Deterministic: the second waits for the lock of the first, and then counts again.
  const kept = (await listOperators(tx))[0]!;
  const other = await createOperator(tx, { by: somebody, login: 'eve', password: 'a long third word' });
  let waiting: Promise<void> = Promise.resolve();
  await db.transaction(async (held) => {
    await held.$queryRaw`SELECT id FROM operators ORDER BY id FOR UPDATE`;
    waiting = removeOperator(db, kept);
    waiting.catch(() => undefined);
    await pause(100);
    await held.operator.delete({ where: { id: other.id } });
  });
  await t.rejects(waiting, { code: 'rule-violated' });
});

await t.test('the login of the demo can be made by the demo only', async (t) => {
  await t.rejects(createOperator(tx, { by: somebody, login: ' Demo', password: 'a long fourth word' }), {
    code: 'invalid-request',
    message: /production does not start with it/,
  });
  const demo = await ensureDemoOperator(tx);
  t.same(await ensureDemoOperator(tx), demo);
});
