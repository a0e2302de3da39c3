import pg from 'pg';
import t from 'tap';
import { readTime } from '../../src/store/timestamps.js';
import { testDatabase } from '../support/database.js';

const driversWay: (text: string) => Date = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

await t.test('times of rows are those that the driver reads', (t) => {
  for (const text of [
    '2026-11-30 14:00:00+00',
    '2026-11-30 14:00:00.1+00',
    '2026-11-30 14:00:00.123456+00',
    '2024-02-29 23:59:59.999999+00',
    '1969-12-31 23:59:59.999+00',
    '0099-01-01 00:00:00+00',
    '10000-01-01 00:00:00+00',
    '0001-01-01 00:00:00+00 BC',
    '2026-11-30 14:00:00.5+05:30',
    '2026-11-30 14:00:00-08',
    'infinity',
    '-infinity',
  ])
    t.same(readTime(text), driversWay(text), text);
  t.end();
});

await t.test('a time that was written comes back to the millisecond', async (t) => {
  const { pool } = await testDatabase(t);
  const at = new Date('2026-11-30T14:00:00.123Z');
  const { rows } = await pool.query<{ at: Date }>('SELECT $1::timestamptz AS at', [at]);
  t.same(rows[0]?.at, at);
});
