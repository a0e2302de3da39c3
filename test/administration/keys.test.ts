/** Keys are replaced without a gap, say what they are for and whether they are in use, and end when they should. */
import t from 'tap';
import { activateCompany, deactivateCompany } from '../../src/administration/manage-company.js';
import { endKey, issueKey, renameKey } from '../../src/administration/manage-keys.js';
import { createRefusedKeys } from '../../src/administration/refused-keys.js';
import { createRefusalTrail } from '../../src/audit/refusal-trail.js';
import { findCallerByKey, listApiKeys } from '../../src/companies/api-key-store.js';
import { erpOf, somebody } from '../support/actors.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { HOUR_MS } from '../../src/kernel/time.js';

const db = await testDatabase(t);
const clock = { nowMs: Date.now(), now: () => new Date(clock.nowMs) };
const deps = { db, clock };
const { companyId } = await createSeller(db);
const wanted = { companyId, slot: 'primary' as const, by: somebody };
const works = async (key: string) => (await findCallerByKey(db, key, clock.now())) !== null;

await t.test('a replaced key works until its time is over, and is shown till then', async (t) => {
  const first = await issueKey(deps, { ...wanted, replace: false, label: ' ERP ' });
  clock.nowMs += 1000;
  const second = await issueKey(deps, { ...wanted, replace: true, graceMs: HOUR_MS });
  t.same([await works(first.key), await works(second.key)], [true, true]);
  t.match(await listApiKeys(db.prisma, companyId, clock.now()), [
    { id: second.apiKey.id, label: 'ERP', createdBy: 'the command line (user tester)', retiredAt: null },
    { id: first.apiKey.id, label: 'ERP', retiredAt: Date, expiresAt: new Date(clock.nowMs + HOUR_MS) },
  ]);
  clock.nowMs += HOUR_MS;
  t.same([await works(first.key), await works(second.key)], [false, true]);
  t.equal((await listApiKeys(db.prisma, companyId, clock.now())).length, 1);
});

await t.test('grace never lengthens a life, and revoking ends all keys of the place', async (t) => {
  const short = await issueKey(deps, {
    ...wanted,
    slot: 'secondary',
    replace: false,
    expiresAt: new Date(clock.nowMs + 1000),
  });
  const next = await issueKey(deps, { ...wanted, slot: 'secondary', replace: true, graceMs: HOUR_MS });
  clock.nowMs += 1000;
  t.equal(await works(short.key), false);
  const last = await issueKey(deps, { ...wanted, slot: 'secondary', replace: true, graceMs: HOUR_MS });
  t.equal(await works(next.key), true);
  t.ok((await endKey(deps, { companyId, slot: 'secondary', by: somebody })) >= 2);
  t.same([await works(next.key), await works(last.key)], [false, false]);
});

await t.test('a leaked key that is replaced at once takes the older ones with it', async (t) => {
  const one = await issueKey(deps, { ...wanted, replace: true, graceMs: HOUR_MS });
  const two = await issueKey(deps, { ...wanted, replace: true, graceMs: HOUR_MS });
  const three = await issueKey(deps, { ...wanted, replace: true });
  t.same([await works(one.key), await works(two.key), await works(three.key)], [false, false, true]);
});

await t.test('an ERP replaces its own key, and can do nothing else with keys', async (t) => {
  const { call, app, key, seller } = await testApi(t, db);
  const list = (await call('GET', '/api/v3/Settings/ApiKeys')).json();
  t.match(list.Records, [{ Slot: 'primary', IsYours: true, IsReplaced: false }]);
  t.notMatch(JSON.stringify(list), key);
  const kept = await call('POST', '/api/v3/Settings/ApiKeys/Rotate', {
    payload: {},
    headers: { 'idempotency-key': 'x' },
  });
  t.equal(kept.statusCode, 400, 'no answer of it is kept');
  const { Body } = (
    await call('POST', '/api/v3/Settings/ApiKeys/Rotate', { payload: { GraceHours: 2 } })
  ).json();
  t.match(Body.Key, /^tsc_/);
  const withNew = await app.inject({
    url: '/api/v3/Settings/ApiKeys',
    headers: { subscriptionkey: Body.Key },
  });
  t.match(withNew.json().Records, [{ IsYours: true }, { IsYours: false, IsReplaced: true, ExpiresAt: /Z$/ }]);
  const twice = await call('POST', '/api/v3/Settings/ApiKeys/Rotate', { payload: {} });
  t.equal(twice.statusCode, 409, 'a replaced key has no second successor');
  t.equal((await call('GET', '/api/v3/Settings/ApiKeys')).statusCode, 200, 'it works for its grace');
  t.notMatch(JSON.stringify(await db.prisma.idempotencyKey.findMany()), Body.Key);
  t.notMatch(JSON.stringify(await db.prisma.auditEntry.findMany({ select: { after: true } })), Body.Key);
  const erp = erpOf(seller.companyId);
  const slot = { companyId: seller.companyId, slot: 'secondary' as const, by: erp };
  await t.rejects(issueKey(deps, { ...slot, replace: false }), { code: 'not-allowed' });
  await t.rejects(endKey(deps, slot), { code: 'not-allowed' });
  await t.rejects(
    endKey(deps, { ...slot, companyId }),
    { code: 'not-found' },
    "another company's keys are not there",
  );
});

await t.test('labels are short texts, and every change of a key is in the trail', async (t) => {
  const [key] = await listApiKeys(db.prisma, companyId, clock.now());
  const which = { companyId, keyId: key!.id, by: somebody };
  await renameKey(deps, { ...which, label: '<b>Warehouse</b>' });
  await t.rejects(renameKey(deps, { ...which, label: 'x'.repeat(101) }), { code: 'invalid-request' });
  await t.rejects(renameKey(deps, { ...which, companyId: companyId + 1, label: 'x' }), { code: 'not-found' });
  const actions = await db.prisma.auditEntry.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  t.ok(
    ['key.created', 'key.replaced', 'key.revoked', 'key.renamed'].every((each) =>
      actions.some(({ action }) => action === each),
    ),
  );
});

await t.test('the keys of a deactivated company are refused, and work again with it', async (t) => {
  const seller = await createSeller(db, 'Sleeper');
  const { key } = await issueKey(deps, { ...wanted, companyId: seller.companyId, replace: false });
  const which = { companyId: seller.companyId, by: somebody };
  await deactivateCompany(deps, which);
  await deactivateCompany(deps, which);
  t.equal(await works(key), false);
  const standing = () => db.prisma.connection.findUniqueOrThrow({ where: { id: seller.connectionId } });
  t.match(await standing(), { status: 'paused', statusReason: 'Its company is deactivated.' });
  await t.rejects(issueKey(deps, { ...wanted, ...which, replace: true }), { code: 'rule-violated' });
  await activateCompany({ ...deps, ensureFlows: async () => undefined }, which);
  t.equal(await works(key), true);
  t.match(await standing(), { status: 'needs_reauthorization' }, 'it has no tokens in this test');
  const told = await db.prisma.auditEntry.findMany({
    where: { action: { startsWith: 'company.' }, companyId: seller.companyId },
  });
  t.same(
    told.map(({ action }) => action),
    ['company.deactivated', 'company.activated'],
  );
});

await t.test(
  'a refused key is named when it was one of ours, and nothing is kept of any other',
  async (t) => {
    const refusals = createRefusalTrail({ db, clock, log: recordingLog() });
    const tell = createRefusedKeys({ db, clock, refusals });
    const { key, apiKey } = await issueKey(deps, { ...wanted, replace: true });
    await endKey(deps, { companyId, slot: 'primary', by: somebody });
    await tell(key, '198.51.100.7');
    await tell('somebodys-password', '198.51.100.8');
    const rows = await db.prisma.auditEntry.findMany({
      where: { action: 'key.refused' },
      orderBy: { id: 'asc' },
    });
    t.match(rows, [
      { actorId: apiKey.id, companyId, actorFrom: '198.51.100.7', after: '{"reason":"revoked"}' },
      { actorId: 'unknown', companyId: null, actorFrom: '198.51.100.8', after: '{"reason":"unknown"}' },
    ]);
    t.notMatch(
      JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      'somebodys-password',
    );
  },
);
