/** Settings have one catalogue, a version each, and say by whom and when; of two people on one form nobody loses unseen. */
import t from 'tap';
import { changeSettings } from '../../src/connections/manage-connection.js';
import { systemClock } from '../../src/kernel/time.js';
import { somebody } from '../support/actors.js';
import { testApi } from '../support/api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { commandLine, openAlready } from '../support/command-line.js';

const db = await testDatabase(t);
const { call, seller } = await testApi(t, db);
const other = await createSeller(db, 'Other');
const path = `/api/v3/Settings/Partners/${seller.partnerId}`;

const put = (payload: object, headers: Record<string, string> = {}, url = path) =>
  call('PUT', url, { payload, headers });

async function audited(): Promise<unknown[]> {
  const rows = await db.prisma.auditEntry.findMany({
    where: { action: 'settings.changed' },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ actorKind, subject, before, after }) => `${actorKind} ${subject}: ${before} ${after}`);
}

await t.test('the catalogue has every scope, and no secret', async (t) => {
  const { Body } = (await call('GET', '/api/v3/Settings/Catalogue')).json();
  const scopes = new Set(Body.map(({ Scope }: { Scope: string }) => Scope));
  t.same([...scopes], ['installation', 'company', 'connection']);
  t.ok(Body.every(({ Name, Meaning }: { Name: string; Meaning: string }) => Name !== '' && Meaning !== ''));
  t.match(
    Body.find(({ Name }: { Name: string }) => Name === 'remorseMinutes'),
    { Scope: 'connection', Default: 60 },
  );
});

await t.test('a change raises the version and says who made it', async (t) => {
  const first = await call('GET', path);
  t.equal(first.headers.etag, '"1"');
  t.match(first.json().Body, { Scope: 'connection', Version: 1, Settings: { remorseMinutes: 60 } });
  t.notOk(first.json().Body.ChangedBy);
  const changed = await put({ Settings: { remorseMinutes: 90 } }, { 'if-match': '"1"' });
  t.equal(changed.statusCode, 200, changed.body);
  t.match(changed.json().Body, {
    Version: 2,
    ChangedBy: /^the API key key_/,
    Settings: { remorseMinutes: 90 },
  });
  t.match(
    (await audited()).at(-1),
    `key connection ${seller.connectionId}: {"remorseMinutes":60} {"remorseMinutes":90}`,
  );
  const same = await put({ Settings: { remorseMinutes: 90 }, Version: 2 });
  t.match(same.json().Body, { Version: 2 }, 'the same again is no change');
  t.equal((await audited()).length, 1);
});

await t.test(
  'who has read an older version gets a 409 with both values, and nothing is stored',
  async (t) => {
    await changeSettings(
      { db, clock: systemClock },
      {
        by: somebody,
        connectionId: seller.connectionId,
        settings: { remorseMinutes: 120 },
      },
    );
    for (const answer of [
      await put({ Settings: { remorseMinutes: 30, safetyBuffer: 2 }, Version: 2 }),
      await put({ Settings: { remorseMinutes: 30, safetyBuffer: 2 } }, { 'if-match': '"2"' }),
      await put({ Settings: { remorseMinutes: 30, safetyBuffer: 2 } }, { 'if-match': 'W/"3"' }),
    ]) {
      t.equal(answer.statusCode, 409);
      t.match(answer.body, /you want 30, it is 120 now/);
      t.match(answer.body, /you want 2, it is 0 now/);
      t.match(answer.body, /by the command line \(user tester\) at 20/);
    }
    t.match((await call('GET', path)).json().Body, {
      Version: 3,
      Settings: { remorseMinutes: 120, safetyBuffer: 0 },
    });
  },
);

await t.test('of many at once who have read one version, one gets through', async (t) => {
  const { Version } = (await call('GET', path)).json().Body;
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((safetyBuffer) => put({ Settings: { safetyBuffer }, Version })),
  );
  t.same(answers.map(({ statusCode }) => String(statusCode)).toSorted(), ['200', '409', '409', '409', '409']);
});

await t.test('bad values, unknown settings and strangers change nothing', async (t) => {
  for (const [payload, status] of [
    [{ Settings: { remorseMinutes: -1 } }, 400],
    [{ Settings: { nonsense: 1, __proto__x: 2 } }, 400],
    [{ Settings: [] }, 400],
    [{}, 400],
  ] as const)
    t.equal((await put(payload)).statusCode, status, JSON.stringify(payload));
  const foreign = `/api/v3/Settings/Partners/${other.partnerId}`;
  t.equal((await call('GET', foreign)).statusCode, 404);
  t.equal((await put({ Settings: { remorseMinutes: 1 } }, {}, foreign)).statusCode, 404);
  t.equal((await call('GET', `/api/v2/Settings/Partners/${seller.partnerId}`)).statusCode, 404);
});

await t.test('a company has settings too', async (t) => {
  const url = '/api/v3/Settings/Company';
  t.match((await call('GET', url)).json().Body, {
    Scope: 'company',
    Version: 1,
    Settings: { pickupStatus: 100 },
  });
  t.equal((await put({ Settings: { pickupStatus: 150 }, Version: 1 }, {}, url)).statusCode, 200);
  const late = await put({ Settings: { pickupStatus: 100 }, Version: 1 }, {}, url);
  t.equal(late.statusCode, 409);
  t.match(late.body, /you want 100, it is 150 now/);
  t.equal((await put({ Settings: { pickupStatus: 200 } }, {}, url)).statusCode, 400);
});

await t.test('the command shows and changes them, and minds the version', async (t) => {
  const run = commandLine(openAlready(db));
  const cli = async (...argv: string[]) => {
    const { code, text } = await run(...argv);
    return `${code} ${text}`;
  };
  const id = String(seller.connectionId);
  const shown = await cli('settings', 'connection', id);
  const version = /^0 version (\d+), changed .* by /.exec(shown)?.[1] ?? '';
  t.match(shown, /\nremorseMinutes=120/);
  t.match(
    await cli('settings', 'connection', id, 'remorseMinutes=45', '--version', version),
    /remorseMinutes=45/,
  );
  t.match(
    await cli('settings', 'connection', id, 'remorseMinutes=50', '--version', version),
    /^1 .*were changed/,
  );
  t.match(await cli('settings', 'company', String(seller.companyId), 'pickupStatus=100'), /pickupStatus=100/);
});
