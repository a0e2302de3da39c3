/**
 * A process that does what the order list does in the database, with the same driver and pool, and nothing else: no HTTP, no
 * key, no envelope. The statement is taken from the product's own lister. It answers each message with how many pages it
 * has read.
 */
import pg from 'pg';
import { createDocumentLister } from '../../src/documents/list-documents.js';
import type { Database } from '../../src/store/database.js';
import { systemClock } from '../../src/kernel/time.js';

export interface BaselineTask {
  companyId: number;
  clients: number;
  seconds: number;
}

export interface BaselineAnswer {
  pages: number;
  records: number;
}

const PAGE_SIZE = 100;
const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['POOL_SIZE']),
  options: '-c timezone=UTC',
});

/** The first statement that the lister sends for the first page. */
async function statementOf(companyId: number): Promise<pg.QueryConfig> {
  const seen: pg.QueryConfig[] = [];
  const recording = {
    query(statement: pg.QueryConfig) {
      seen.push(statement);
      return pool.query(statement);
    },
  };
  const list = createDocumentLister({
    db: { pool: recording } as unknown as Database,
    clock: systemClock,
  });
  await list({ companyId, type: 'order' }, { page: 0, pageSize: PAGE_SIZE });
  if (!seen[0]) throw new Error('The lister sent no statement.');
  return seen[0];
}

async function readPages({ companyId, clients, seconds }: BaselineTask): Promise<BaselineAnswer> {
  const statement = await statementOf(companyId);
  const deadline = performance.now() + seconds * 1000;
  let records = 0;
  let pages = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const { rows } = await pool.query(statement);
      records += rows.length;
      pages += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { pages, records };
}

process.on('message', (task: BaselineTask) => {
  void readPages(task).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => void pool.end());
