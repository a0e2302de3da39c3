/** Every page and form with every role: nobody does more than the role allows, and another company's things are not there. */
import t from 'tap';
import { createOperator, changeRole, listOperators } from '../../src/companies/operator-store.js';
import { createCompany } from '../../src/companies/company-store.js';
import { defaultSessionTimes, startSession } from '../../src/companies/operator-session-store.js';
import type { OperatorRole } from '../../src/companies/actor.js';
import type { Browser } from '../support/browser.js';
import { somebody } from '../support/actors.js';
import { startPortalWorld } from './portal-world.js';

t.setTimeout(300_000);
const world = await startPortalWorld(t);
const { db } = world.deps;
const tx = db.prisma;
const own = world.companyId;
const { id: foreign } = await createCompany(tx, { name: 'Another company' });
const mine = await world.draft('Mine');
const theirs = await world.draft('Theirs', foreign);

const people = {
  seller: { role: 'seller', companyId: own },
  reader: { role: 'reader', companyId: own },
  'reader of all': { role: 'reader', companyId: null },
} as const satisfies Record<string, { role: OperatorRole; companyId: number | null }>;
type Person = keyof typeof people;

async function browserOf(name: Person): Promise<Browser> {
  const login = name.replaceAll(' ', '-');
  const password = 'a long word for roles';
  const found = await tx.operator.findUnique({ where: { login } });
  if (!found) await createOperator(tx, { login, password, by: somebody, ...people[name] });
  const { id } = await tx.operator.findUniqueOrThrow({ where: { login } });
  const account = (await listOperators(tx)).find((one) => one.id === id)!;
  const browser = world.browser();
  const at = { now: world.deps.clock.now(), times: defaultSessionTimes };
  browser.cookies.set('operator', (await startSession(tx, { ...account, passwordVersion: 1 }, at)).cookie);
  await browser.get('/account');
  return browser;
}

/** A form as it is filled in by somebody who means it. */
const fields = {
  sure: 'yes',
  name: 'New name',
  companyId: String(own),
  baseUrl: world.simulator.url,
  isUs: 'no',
  login: 'eve',
  password: 'a long word of eve',
  role: 'operator',
  status: '150',
  version: '1',
  remorseMinutes: '60',
  authorizationId: '1',
  decision: 'ask',
  old: 'not the password',
  cipher: 'x',
};

/** The roles that may, by what the page is for; written down here a second time, on purpose. */
function mayUse(route: string, person: Person): boolean {
  const [method = '', path = ''] = route.split(' ');
  if (path.startsWith('/account') || path.startsWith('/views') || path === '/logout') return true;
  if (path.startsWith('/operators') || path === '/system') return false;
  if (method === 'GET') {
    const acting = /\/(new|shops|ship|cancel|correct|upload)$|^\/alerts\/recipients/.test(path);
    return !acting || person === 'seller';
  }
  if (person !== 'seller') return false;
  const administrators = [
    '/companies',
    '/companies/:id/name',
    '/companies/:id/deactivate',
    '/companies/:id/activate',
  ];
  return !administrators.includes(path);
}

const routes = world.routes.filter(
  // An upload brings its token beside the file, in a form that no other page has.
  (route) =>
    !/^POST .*\/upload$/.test(route) &&
    !/ \/(login|help|portal|$)|callback|\/\*$/.test(route) &&
    route !== 'POST /logout',
);

await t.test('the walk knows the routes', async (t) => {
  t.ok(routes.length > 30, `${routes.length} routes`);
  t.ok(routes.includes('POST /connections/:id/close'));
});

for (const person of Object.keys(people) as Person[]) {
  await t.test(`a ${person} does what a ${person} may, and nothing else`, async (t) => {
    let browser = await browserOf(person);
    const tokenIn = async () =>
      /name="_csrf" value="([^"]+)"/.exec((await browser.get('/account')).text)?.[1] ?? '';
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const about = path.startsWith('/connections/:id') ? [mine.id, theirs.id] : [own, foreign];
      for (const [id, isOwn] of [
        [about[0], true],
        [about[1], false],
      ] as const) {
        if (!isOwn && !path.includes(':id')) continue;
        const url = path
          .replace(':id', String(id))
          .replace(':slot', 'primary')
          .replace(':flow', 'pull-orders')
          .replace(':entry', '1');
        const reachable = isOwn || people[person].companyId === null;
        const isRefused = !mayUse(route, person) || !reachable;
        const before = isRefused ? await dump() : '';
        let token = await tokenIn();
        // Some forms end the log-in that sends them.
        if (!browser.cookies.has('operator') || token === '') {
          browser = await browserOf(person);
          token = await tokenIn();
        }
        const answer = await browser.request(
          url,
          method === 'GET' ? {} : { method, body: new URLSearchParams({ _csrf: token, ...fields }) },
        );
        const what = `${route} ${isOwn ? 'own' : 'foreign'}: ${answer.status}`;
        if (!mayUse(route, person)) t.equal(answer.status, 403, what);
        else if (!reachable) t.equal(answer.status, 404, what);
        else t.notOk([401, 403, 500].includes(answer.status), what);
        if (isRefused) t.equal(await dump(), before, `${what} changes nothing`);
        if (method === 'GET' && answer.status === 200 && people[person].companyId !== null) {
          t.notMatch(answer.text, 'Theirs', what);
          t.notMatch(answer.text, 'Another company', what);
        }
      }
      await tx.connection.updateMany({ data: { status: 'draft' } });
    }
  });
}

/** Everything that a form could change, as text. */
async function dump(): Promise<string> {
  const [companies, connections, operators, keys] = await Promise.all([
    tx.company.findMany({ orderBy: { id: 'asc' } }),
    tx.connection.findMany({ orderBy: { id: 'asc' } }),
    tx.operator.findMany({ orderBy: { id: 'asc' }, omit: { totpStep: true } }),
    tx.apiKey.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
  ]);
  return JSON.stringify([companies, connections, operators, keys]);
}

await t.test('a form for another company is refused although its path is free', async (t) => {
  const browser = await browserOf('seller');
  const answer = await browser.post('/connections', { ...fields, companyId: String(foreign) });
  t.equal(answer.status, 404);
  t.equal(await tx.connection.count({ where: { companyId: foreign } }), 1);
});

await t.test('another role counts with the next click, also in a session that is open', async (t) => {
  const browser = await browserOf('seller');
  t.equal((await browser.get(`/connections/${mine.id}`)).status, 200);
  const { id } = await tx.operator.findUniqueOrThrow({ where: { login: 'seller' } });
  await changeRole(tx, id, { role: 'reader', companyId: foreign });
  t.equal((await browser.get(`/connections/${mine.id}`)).status, 404);
  t.equal((await browser.get(`/connections/${theirs.id}`)).status, 200);
  await browser.get('/account');
  t.equal((await browser.post(`/connections/${theirs.id}/rename`, { name: 'x' })).status, 403);
});

await t.test('the last who administers stays one, and roles fit their companies', async (t) => {
  const { id } = await tx.operator.findUniqueOrThrow({ where: { login: 'ada' } });
  await t.rejects(changeRole(tx, id, { role: 'reader', companyId: null }), { code: 'rule-violated' });
  await t.rejects(changeRole(tx, id, { role: 'seller', companyId: null }), { code: 'invalid-request' });
  await t.rejects(changeRole(tx, id, { role: 'operator', companyId: own }), { code: 'invalid-request' });
  await t.rejects(changeRole(tx, id, { role: 'seller', companyId: 9999 }), { code: 'invalid-request' });
});

await t.test('people of a deactivated company are out at once, and come back with it', async (t) => {
  await tx.operator.updateMany({ where: { login: 'seller' }, data: { role: 'seller', companyId: own } });
  const browser = await browserOf('seller');
  const ada = await world.loggedIn();
  await ada.get(`/companies/${own}`);
  await ada.post(`/companies/${own}/deactivate`, { sure: 'yes' });
  t.match((await browser.get('/connections')).url, /\/login/);
  t.equal((await world.browser().logIn({ login: 'seller', password: 'a long word for roles' })).status, 403);
  await ada.get(`/companies/${own}`);
  await ada.post(`/companies/${own}/activate`, {});
  t.equal((await (await browserOf('seller')).get(`/connections/${mine.id}`)).status, 200);
});

await t.test('every form that changes something needs its token', async (t) => {
  const ada = await world.loggedIn();
  const before = await dump();
  for (const route of world.routes.filter((each) => each.startsWith('POST '))) {
    const url = route.slice(5).replace(':id', String(mine.id)).replace(':slot', 'primary');
    for (const _csrf of ['', 'forged']) {
      const body = new URLSearchParams({ ...fields, _csrf });
      t.equal((await ada.request(url, { method: 'POST', body })).status, 403, `${route} ${_csrf}`);
    }
  }
  t.equal(await dump(), before);
});

await t.test('every form leaves a row that says who, from where, and what', async (t) => {
  const ada = await world.loggedIn();
  const company = `/companies/${foreign}`;
  const shop = `/connections/${theirs.id}`;
  await tx.connection.updateMany({ where: { id: theirs.id }, data: { status: 'active' } });
  const grace = await createOperator(tx, { login: 'grace', password: 'a long word of grace', by: somebody });
  const person = `/operators/${grace.id}`;
  const since = await tx.auditEntry.count();
  await ada.get('/account');
  for (const [path, changes] of [
    [`${company}/name`, { name: 'A newer name' }],
    [`${company}/pickup-status`, { version: '1' }],
    [`${company}/keys/primary`, { label: 'ERP' }],
    [`${company}/keys/primary`, { label: 'ERP', grace: '5' }],
    [`${company}/keys/primary/revoke`, {}],
    [`${shop}/rename`, {}],
    [`${shop}/pause`, {}],
    [`${shop}/resume`, {}],
    [`${shop}/settings`, { remorseMinutes: '33' }],
    [`${company}/deactivate`, {}],
    [`${company}/activate`, {}],
    [`${shop}/close`, {}],
    [`${person}/role`, { role: 'seller', company: String(foreign) }],
    [`${person}/password`, {}],
    [`${person}/remove`, {}],
    ['/companies', { name: 'One more' }],
    ['/connections', {}],
    ['/operators', { login: 'hopper', role: 'reader', company: '' }],
  ] as [string, Record<string, string>][]) {
    const before = await tx.auditEntry.count();
    const answer = await ada.post(path, { ...fields, ...changes });
    t.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 2_000)}`);
    t.equal(await tx.auditEntry.count(), before + 1, path);
  }
  const rows = await tx.auditEntry.findMany({ orderBy: { id: 'asc' }, skip: since });
  for (const row of rows)
    t.match(row, { actorKind: 'person', actorName: 'ada', actorVia: 'portal', actorFrom: '127.0.0.1' });
  t.same(
    rows.map(({ action }) => action),
    [
      'company.renamed',
      'settings.changed',
      'key.created',
      'key.replaced',
      'key.revoked',
      'connection.renamed',
      'connection.paused',
      'connection.resumed',
      'settings.changed',
      'company.deactivated',
      'company.activated',
      'connection.closed',
      'operator.changed',
      'operator.password-set',
      'operator.removed',
      'company.created',
      'connection.created',
      'operator.created',
    ],
  );
  t.match(rows[0], { before: '{"name":"Another company"}', after: '{"name":"A newer name"}' });
  t.match(rows[1], { before: '{"pickupStatus":100}', after: '{"pickupStatus":150}' });
  const text = rows.map(({ before, after }) => `${before}${after}`).join('');
  t.notMatch(text, fields.password);
  t.notMatch(text, 'tsc_');
});

await t.test('two people on one form: the second sees both values, and keeps what was typed', async (t) => {
  const [ada, other] = [await world.loggedIn(), await world.loggedIn()];
  const path = `/connections/${mine.id}`;
  const versionIn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';
  const [seen, seenToo] = [await ada.get(`${path}/settings`), await other.get(`${path}/settings`)];
  const form = {
    remorseMinutes: '60',
    clearAfterDays: '0',
    spikeBrakePercent: '0',
    allocationPercent: '100',
  };
  await ada.post(`${path}/settings`, { ...form, remorseMinutes: '77', version: versionIn(seen.text) });
  const late = await other.post(`${path}/settings`, {
    ...form,
    remorseMinutes: '88',
    version: versionIn(seenToo.text),
  });
  t.equal(late.status, 409);
  t.match(late.text, /operator ada has changed these settings/);
  t.match(late.text, /remorseMinutes<\/th>\s*<td[^>]*><code>88<\/code><\/td>\s*<td[^>]*><code>77<\/code>/);
  t.match(late.text, /name="remorseMinutes"[^>]*value="88"/);
  const again = await other.post(`${path}/settings`, {
    ...form,
    remorseMinutes: '88',
    version: versionIn(late.text),
  });
  t.match(again.text, /Settings saved/);
});

await t.test('names of people, companies and keys are texts on every page', async (t) => {
  const evil = '"><script>alert(1)</script>';
  const ada = await world.loggedIn();
  await ada.get('/companies');
  const { url } = await ada.post('/companies', { name: evil });
  const path = new URL(url).pathname;
  await ada.post(`${path}/keys/primary`, { label: evil });
  await ada.get(path);
  await ada.post(`/connections/${mine.id}/rename`, { name: evil.slice(0, 90) });
  const strange = world.browser();
  await strange.get('/login');
  for (const page of [
    path,
    '/companies',
    '/connections',
    `/connections/${mine.id}`,
    '/operators',
    '/account',
  ]) {
    const { text, status } = await ada.get(page);
    t.equal(status, 200, page);
    t.notMatch(text, '<script', page);
  }
  await ada.get(path);
  t.equal((await ada.post(`${path}/keys/primary`, { label: 'x'.repeat(101) })).status, 400);
  await ada.get(path);
  t.equal((await ada.post(`${path}/name`, { name: 'x'.repeat(201) })).status, 400);
});
