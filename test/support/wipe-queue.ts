import type pg from 'pg';

const TRIES = 20;

/** Throws away all that BullMQ keeps in PostgreSQL, in the middle of its work: then the two may lock each other out. */
export async function wipePostgresQueue(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname = 'bullmq' AND tablename !~ 'migration|schema|version'`,
  );
  const truncate = `TRUNCATE ${rows.map(({ name }) => name).join(', ')}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await pool.query(truncate);
      return;
    } catch (error) {
      const isDeadlock = (error as { code?: unknown }).code === '40P01';
      if (!isDeadlock || attempt === TRIES) throw error;
    }
  }
}
