import t from 'tap';
import { listOperators } from '../../src/companies/operator-store.js';
import { recordingLog } from '../support/logs.js';
import { operator, startPortalWorld } from './portal-world.js';

const log = recordingLog();
const world = await startPortalWorld(t, { log });
const tx = world.deps.db.prisma;
const grace = { login: 'grace', password: 'a long word of grace' };

async function idOf(login: string): Promise<number> {
  return (await listOperators(tx)).find((one) => one.login === login)?.id ?? 0;
}

/** Who did what to whom, as the log has it. */
function told(): unknown[] {
  return log.lines
    .filter(({ facts }) => 'about' in facts)
    .map(({ facts }) => ({ by: facts['operator'], about: facts['about'] }));
}

await t.test('an operator adds another one, who logs in and sees who added him', async (t) => {
  const browser = await world.loggedIn();
  const empty = await browser.get('/operators');
  t.match(empty.text, /<a href="\/operators\/\d+">ada<\/a>/);
  const weak = await browser.post('/operators', { ...grace, password: 'password1234' });
  t.equal(weak.status, 400);
  t.match(weak.text, /well-known/);
  t.match(weak.text, 'href="/operators"', 'the way back');
  await browser.get('/operators');
  const added = await browser.post('/operators', { ...grace, login: 'Grace' });
  t.match(added.text, /can log in now/);
  t.match(added.text, /by operator ada/);
  await browser.get('/operators');
  t.match(await browser.post('/operators', grace), { status: 409, text: /an operator grace already/ });
  const other = world.browser();
  t.match((await other.logIn(grace)).url, /\/$/);
  t.match((await other.get('/operators')).text, /by operator ada/);
  t.same(told(), [{ by: 'ada', about: 'grace' }]);
  t.notMatch(JSON.stringify(log.lines), grace.password);
});

await t.test('a new password logs the operator out everywhere at once', async (t) => {
  const ada = await world.loggedIn();
  const his = world.browser();
  await his.logIn(grace);
  const page = `/operators/${await idOf('grace')}`;
  await ada.get(page);
  t.match(await ada.post(`${page}/password`, { password: 'aaaaaaaaaaaa' }), { status: 400, text: /repeats/ });
  await ada.get(page);
  const password = ' the second word of grace ';
  t.match((await ada.post(`${page}/password`, { password })).text, /The password is set/);
  t.match((await his.get('/connections')).url, /\/login/);
  t.equal((await his.logIn(grace)).status, 401);
  t.match((await his.logIn({ ...grace, password })).url, /\/$/, 'blanks are part of it');
  t.same(told().at(-1), { by: 'ada', about: 'grace' });
});

await t.test('who changes his own password needs the old one, and only his other log-ins end', async (t) => {
  const ada = await world.loggedIn();
  const other = await world.loggedIn();
  const id = await idOf('ada');
  await ada.get(`/operators/${id}`);
  t.match(
    await ada.post(`/operators/${id}/password`, { password: 'ada has a new one' }),
    { status: 400, text: /your own account/ },
    'an open browser is not enough',
  );
  await ada.get('/account');
  const before = ada.cookies.get('operator');
  t.match(await ada.post('/account/password', { old: 'wrong wrong wrong', password: 'ada has a new one' }), {
    status: 400,
    text: /old password is wrong/,
  });
  await ada.get('/account');
  t.match(
    (await ada.post('/account/password', { old: operator.password, password: 'ada has a new one' })).text,
    /The password is changed/,
  );
  t.not(ada.cookies.get('operator'), before, 'with a new cookie');
  t.match((await other.get('/connections')).url, /\/login/);
  const fresh = world.browser();
  t.match((await fresh.logIn({ login: 'ada', password: 'ada has a new one' })).url, /\/$/);
});

await t.test('a removed operator is logged out at once, and the last one stays', async (t) => {
  const ada = world.browser();
  await ada.logIn({ login: operator.login, password: 'ada has a new one' });
  const his = world.browser();
  await his.logIn({ ...grace, password: ' the second word of grace ' });
  const [gracePage, adaPage] = [`/operators/${await idOf('grace')}`, `/operators/${await idOf('ada')}`];
  await ada.get(gracePage);
  t.match(await ada.post(`${gracePage}/remove`), { status: 400, text: /Tick the box/ });
  await ada.get(gracePage);
  t.match((await ada.post(`${gracePage}/remove`, { sure: 'yes' })).text, /Removed, and logged out/);
  t.match((await his.get('/connections')).url, /\/login/);
  t.match(await ada.get(gracePage), { status: 404 });
  await ada.get(adaPage);
  t.match(await ada.post(`${adaPage}/remove`, { sure: 'yes' }), { status: 400, text: /the last operator/ });
  t.equal((await ada.get('/operators')).status, 200);
  t.same(told().at(-1), { by: 'ada', about: 'grace' });
});

await t.test('the pages of operators need a log-in and the token of their form', async (t) => {
  const id = await idOf('ada');
  t.match((await world.browser().get('/operators')).url, /\/login\?next=%2Foperators$/);
  const browser = world.browser();
  await browser.logIn({ login: operator.login, password: 'ada has a new one' });
  for (const path of ['/operators', `/operators/${id}/password`, `/operators/${id}/remove`]) {
    for (const _csrf of ['', 'forged']) {
      const body = new URLSearchParams({ _csrf, login: 'eve', password: 'a long enough word', sure: 'yes' });
      t.equal((await browser.request(path, { method: 'POST', body })).status, 403, `${path} ${_csrf}`);
    }
  }
  t.same(
    (await listOperators(tx)).map(({ login }) => login),
    ['ada'],
  );
});
