import { somebody } from '../support/actors.js';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { orderPull } from '../../src/orders/pull-orders.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { readAhead } from '../../src/sync/pull/read-ahead.js';
import { readFrom } from '../../src/sync/pull/read-pages.js';
import { systemClock } from '../../src/kernel/time.js';
import type { DoorAnswer } from '../../src/outbound/http-door.js';
import { replayedShop, silentLog, type Connected } from './connected-shop.js';
import type { Guard, Variant } from './harness.js';
import type { BenchServer } from './postgres.js';

/** Everything that taking in an order writes, parents first. */
const TABLES = [
  'documents',
  'orders',
  'order_lines',
  'order_units',
  'stock_pieces',
  'touched_skus',
  'events',
] as const;
/** Those with rows of each order; a touched SKU is one of many. */
const COUNTED = TABLES.filter((table) => table !== 'touched_skus');

/** Columns that can be copied back; all where a table has none that PostgreSQL computes. */
const COLUMNS: Partial<Record<string, string>> = {
  stock_pieces:
    'environment, shop_id, unit_id, order_id, sku_id, seller_sku, warehouse_id, born_at, exported_at, handed_at, ' +
    'shipped_at, left_at, cancelled_at, cancelled_by, cancel_ready_at',
};

export type RowCounts = Record<(typeof COUNTED)[number], number>;

/** One variant, its own database, and the counts of what its rounds have left there. */
export interface IngestVariant extends Variant {
  left: RowCounts[];
  close(): Promise<void>;
}

interface VariantDeps {
  server: BenchServer;
  /** A database of this variant alone, in which the shop is connected. */
  url: string;
}

const FIRST_PULL = { by: 'create_time', from: null, filter: { status: 'AWAITING_SHIPMENT' } } as const;

/**
 * The product: recorded answers of TikTok are read ahead, parsed, mapped and taken in by page, one at a time. The second
 * connection is for the access token, which reading ahead looks up while the first one stores.
 */
export async function productIngest(
  { server, url }: VariantDeps,
  connected: Connected,
  answers: readonly DoorAnswer[],
): Promise<{ fresh: IngestVariant; again: IngestVariant; db: Database }> {
  const db = openDatabase({ url, prismaConnections: 2, readConnections: 1 });
  const source = await replayedShop(db, connected, answers);
  const take = async (): Promise<number> => {
    let orders = 0;
    for await (const { items: read } of readAhead(readFrom(orderPull, source, FIRST_PULL))) {
      await ingestOrders({ db, clock: systemClock, log: silentLog }, source.connection, read, {
        by: somebody,
        readAt: new Date(),
      });
      orders += read.length;
    }
    return orders;
  };
  const variant = (name: string, before?: () => Promise<void>): IngestVariant => {
    const left: RowCounts[] = [];
    return {
      name,
      left,
      ...(before ? { before } : {}),
      run: take,
      after: async () => void left.push(await countRows(db.pool)),
      close: async () => undefined,
    };
  };
  const fresh = variant('ingest', () => empty(db.pool, server));
  return { fresh: { ...fresh, close: () => db.close() }, again: variant('ingest again, nothing new'), db };
}

/** The limit: the rows and texts that the product has written, copied into the same tables in one session. */
export async function copyIngest(
  { server, url }: VariantDeps,
  texts: ReadonlyMap<string, Buffer>,
  orders: number,
): Promise<IngestVariant> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const left: RowCounts[] = [];
  return {
    name: 'COPY of the same rows',
    left,
    before: () => empty(client, server),
    async run() {
      await client.query('BEGIN');
      for (const [table, text] of texts) {
        await pipeline(
          Readable.from(blocksOf(text)),
          client.query(copyFrom(`COPY ${table} ${columnsOf(table)} FROM STDIN`)),
        );
      }
      await client.query('COMMIT');
      return orders;
    },
    after: async () => void left.push(await countRows(client)),
    close: () => client.end(),
  };
}

/** What is in the tables now, as COPY's text. */
export async function dumpRows(url: string): Promise<Map<string, Buffer>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const texts = new Map<string, Buffer>();
  for (const table of TABLES) {
    const chunks: Buffer[] = [];
    // A partitioned table cannot be copied by its name.
    const stream = client.query(copyTo(`COPY (SELECT ${COLUMNS[table] ?? '*'} FROM ${table}) TO STDOUT`));
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    texts.set(table, Buffer.concat(chunks));
  }
  await client.end();
  return texts;
}

function columnsOf(table: string): string {
  return COLUMNS[table] === undefined ? '' : `(${COLUMNS[table]})`;
}

/** Single rows in single writes would make COPY five times slower than it is. */
function* blocksOf(text: Buffer): Generator<Buffer> {
  const BLOCK = 64 * 1024;
  for (let start = 0; start < text.length; start += BLOCK) yield text.subarray(start, start + BLOCK);
}

export type Queryable = pg.Pool | pg.Client;

export async function empty(db: Queryable, server: BenchServer): Promise<void> {
  await db.query(`TRUNCATE ${TABLES.join(', ')} CASCADE`);
  await server.checkpoint();
}

export async function countRows(db: Queryable): Promise<RowCounts> {
  const counts = COUNTED.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ');
  const { rows } = await db.query<RowCounts>(`SELECT ${counts}`);
  if (!rows[0]) throw new Error('The rows cannot be counted.');
  return rows[0];
}

/** Every round of a variant left exactly what it had to. */
export function wroteAll({ name, left }: IngestVariant, wanted: RowCounts): Guard {
  const wrong = left.find((counts) => COUNTED.some((table) => counts[table] !== wanted[table]));
  return {
    name: `${name} wrote everything`,
    ok: left.length > 0 && !wrong,
    detail: `${JSON.stringify(wrong)} instead of ${JSON.stringify(wanted)}`,
  };
}
