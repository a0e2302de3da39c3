/** The second factor: nobody gets in with the password alone, no code counts twice, and its owner is never locked out. */
import t from 'tap';
import { totpAt, totpStep } from '../../src/companies/totp.js';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { operator, startPortalWorld } from './portal-world.js';

const world = await startPortalWorld(t);
const tx = world.deps.db.prisma;
const now = () => world.deps.clock.now();
let secret = '';
let recovery: string[] = [];
let offset = 0;

/** A code that was not used yet. */
function nextCode(): string {
  offset += 1;
  world.advance(30_000);
  return totpAt(secret, totpStep(now()));
}

async function asksForCode(who = operator) {
  const browser = world.browser();
  const answer = await browser.logIn(who);
  t.match(answer.url, /\/login\/code$/);
  return browser;
}

await t.test('it is switched on with a code of the secret that was shown once', async (t) => {
  const browser = await world.loggedIn();
  const other = await world.loggedIn();
  await browser.get('/account');
  const page = await browser.post('/account/second-factor');
  secret = /class="key">([A-Z2-7]{32})</.exec(page.text)?.[1] ?? '';
  t.match(page.text, /otpauth:\/\/totp\/TikTok%20Shop%20connector:ada\?secret=/);
  t.match(await browser.post('/account/second-factor/confirm', { code: '000000' }), { status: 400 });
  t.match((await world.browser().logIn(operator)).url, /\/$/, 'not yet');
  await browser.get('/account');
  const done = await browser.post('/account/second-factor/confirm', { code: nextCode() });
  recovery = [...done.text.matchAll(/<li class="key">([a-z2-7-]{19})</g)].map(([, code]) => code ?? '');
  t.equal(recovery.length, 10);
  t.match((await other.get('/account')).url, /\/login/, 'other log-ins end');
  t.match((await browser.get('/account')).text, /On: each log-in asks/);
  const row = await tx.operator.findFirstOrThrow({ where: { login: 'ada' } });
  t.notMatch(JSON.stringify({ ...row, totpStep: null }), secret, 'sealed');
  const kept = JSON.stringify(await tx.operatorRecoveryCode.findMany());
  for (const code of recovery) t.notMatch(kept, code.replaceAll('-', ''));
  await browser.get('/account');
  t.match(await browser.post('/account/second-factor'), { status: 400, text: /Switch it off first/ });
});

await t.test('the password alone opens nothing', async (t) => {
  const browser = await asksForCode();
  t.match((await browser.get('/connections')).url, /\/login\?next/);
  t.equal(browser.cookies.has('operator'), false);
  browser.cookies.set('operator', browser.cookies.get('login-code') ?? '');
  t.match((await browser.get('/connections')).url, /\/login\?next/, 'its cookie is no session');
});

await t.test('a code lets in once, into a new session, and never a second time', async (t) => {
  const browser = await asksForCode();
  const stolen = await asksForCode();
  const code = nextCode();
  const awaiting = browser.cookies.get('login-code') ?? '';
  t.match((await browser.post('/login/code', { code })).url, /\/$/);
  t.not(browser.cookies.get('operator'), awaiting);
  t.match(await stolen.post('/login/code', { code }), { status: 401, text: /used already/ });
  const replayed = world.browser();
  await replayed.get('/login');
  replayed.cookies.set('login-code', awaiting);
  t.match(await replayed.post('/login/code', { code: nextCode() }), { status: 401, text: /too long/ });
  t.match((await stolen.post('/login/code', { code: nextCode() })).url, /\/$/);
});

await t.test('ten browsers with one code: one gets in', async (t) => {
  const browsers = [];
  for (let nth = 0; nth < 4; nth++) browsers.push(await asksForCode());
  const code = nextCode();
  const answers = await Promise.all(browsers.map((browser) => browser.post('/login/code', { code })));
  t.equal(answers.filter(({ url }) => new URL(url).pathname === '/').length, 1);
  await tx.operator.updateMany({ data: { totpFailures: 0 } });
});

await t.test(
  'guesses wait, from wherever they come, and a recovery code gets its owner in once',
  async (t) => {
    const guesser = await asksForCode();
    const good = nextCode();
    for (let nth = 0; nth < 5; nth++)
      t.equal((await guesser.post('/login/code', { code: '12345' })).status, 401, String(nth));
    const slowed = await guesser.post('/login/code', { code: good });
    t.equal(slowed.status, 429);
    t.match(slowed.text, /Too many tries/);
    const owner = await asksForCode();
    t.equal((await owner.post('/login/code', { code: good })).status, 429);
    const [code = ''] = recovery;
    t.match((await owner.post('/login/code', { code: code.toUpperCase() })).url, /\/$/);
    const again = await asksForCode();
    t.equal((await again.post('/login/code', { code })).status, 401);
    world.advance(16 * MINUTE_MS);
    t.match((await (await asksForCode()).post('/login/code', { code: nextCode() })).url, /\/$/);
  },
);

await t.test('a password step is worth nothing after five minutes, or after another password', async (t) => {
  const late = await asksForCode();
  world.advance(6 * MINUTE_MS);
  t.match(await late.post('/login/code', { code: nextCode() }), { status: 401, text: /too long/ });
  const begun = await asksForCode();
  await tx.operator.updateMany({ data: { passwordVersion: { increment: 1 } } });
  t.match(await begun.post('/login/code', { code: nextCode() }), { status: 401, text: /too long/ });
});

await t.test('the form of the code needs its token, and ends where it began', async (t) => {
  const browser = await asksForCode();
  const body = new URLSearchParams({ _csrf: 'forged', code: nextCode() });
  t.equal((await browser.request('/login/code', { method: 'POST', body })).status, 403);
  await browser.get('/login/code?next=https://evil.example/');
  t.match((await browser.post('/login/code', { code: nextCode(), next: '//evil.example' })).url, /\/$/);
});

await t.test('it is switched off with the password, and the trail tells all of it', async (t) => {
  const browser = await asksForCode();
  await browser.post('/login/code', { code: nextCode() });
  await browser.get('/account');
  t.equal((await browser.post('/account/second-factor/off', { old: 'not the password' })).status, 400);
  await browser.get('/account');
  t.match((await browser.post('/account/second-factor/off', { old: operator.password })).text, /is off/);
  t.match((await world.browser().logIn(operator)).url, /\/$/);
  const rows = await tx.auditEntry.findMany({ where: { action: { startsWith: 'operator.' } } });
  t.same(
    rows.map(({ action, actorName }) => `${actorName} ${action}`),
    ['ada operator.second-factor-on', 'ada operator.second-factor-off'],
  );
  const logIns = await tx.auditEntry.findMany({ where: { action: 'session.started' } });
  t.ok(logIns.some(({ after }) => after === '{"by":"password and recovery code"}'));
  t.ok((await tx.auditEntry.count({ where: { action: 'log-in.refused', actorName: 'ada' } })) > 0);
  const dump = JSON.stringify(
    await tx.auditEntry.findMany({ select: { before: true, after: true, subject: true } }),
  );
  for (const hidden of [secret, operator.password, ...recovery]) t.notMatch(dump, hidden);
});

await t.test('log-ins are listed with browser and address, and end one by one', async (t) => {
  const [one, two] = [world.browser(), world.browser()];
  await one.logIn(operator);
  await two.logIn(operator);
  const page = await one.get('/account');
  t.match(page.text, /127\.0\.0\.1/);
  const ids = [...page.text.matchAll(/name="session" value="([0-9a-f]{16})"/g)].map(([, id]) => id ?? '');
  t.ok(ids.length > 0);
  for (const wrong of ['0000000000000000', '%', ids[0]!.slice(0, 5)]) {
    await one.get('/account');
    await one.post('/account/sessions/end', { session: wrong });
    t.match((await two.get('/account')).url, /\/account$/);
  }
  await one.get('/account');
  await one.post('/account/sessions/end', {});
  t.match((await two.get('/account')).url, /\/login/);
  t.match((await one.get('/account')).url, /\/account$/);
});
