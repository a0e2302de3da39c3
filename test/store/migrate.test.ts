import t from 'tap';
import { migrate, migrationState } from '../../src/store/migrate.js';
import { testDatabase, testDatabaseUrl } from '../support/database.js';

await t.test('a migrated database is left alone by the next start', async (t) => {
  const url = await testDatabaseUrl(t);
  t.same(await migrate(url), []);
  t.same(await migrationState(url), { pending: [], unknown: [] });
});

await t.test('the store opens and times are kept in UTC', async (t) => {
  const database = await testDatabase(t);
  const company = await database.prisma.company.create({ data: { name: 'Test company' } });
  t.ok(company.id >= 7001);
  const { rows } = await database.pool.query('SHOW timezone');
  t.equal(rows[0].TimeZone, 'UTC');
});
