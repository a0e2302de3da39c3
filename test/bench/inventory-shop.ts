import { openAsBlob } from 'node:fs';
import type pg from 'pg';
import { readUndecided } from '../../src/inventory/push/push-items.js';
import { readCounting } from '../../src/inventory/push/counting.js';
import { judge, planCalls } from '../../src/inventory/rules/push-plan.js';
import { shopFactsOf, targetOf } from '../../src/inventory/push/push-state.js';
import { getConnection, requireActive } from '../../src/connections/connection-store.js';
import { bulkTransaction } from '../../src/store/bulk-transaction.js';
import type { Database } from '../../src/store/database.js';
import type { Connected } from './connected-shop.js';

const SKUS_PER_PRODUCT = 10;
/** As the feed of the benchmark names and counts them, for the n-th. */
const NAME = `'SKU-' || lpad(n::text, 7, '0')`;
const QUANTITY = '1 + n % 500';
const PRICE = '10.99';

/** A shop that sells `skus` SKUs, all of them fed, matched and sent: how it is between two feeds. */
export async function fillShop(
  db: pg.PoolClient,
  { companyId, connectionId }: Connected,
  skus: number,
): Promise<void> {
  await useAutoMatch(db, connectionId);
  const { rows } = await db.query<{ environment: string; shop: string }>(
    'SELECT environment, shop_id AS shop FROM connections WHERE id = $1',
    [connectionId],
  );
  const values = [rows[0]?.environment, rows[0]?.shop];
  await db.query('SET statement_timeout = 0');
  await db.query(
    `INSERT INTO shop_warehouses (environment, shop_id, warehouse_id, name, type, effect_status, is_default, read_at,
       changed_at)
     VALUES ($1, $2, 'W1', 'Main', 'SALES_WAREHOUSE', 'ENABLED', true, now(), now())`,
    values,
  );
  const numbers = `FROM generate_series(1, ${skus}) AS n`;
  await db.query(
    `INSERT INTO catalog_skus (environment, shop_id, sku_id, product_id, seller_sku, seller_key, product_status,
       sku_status, price, currency, warehouses, fingerprint, read_at, changed_at)
     SELECT $1, $2, 'S' || n, 'P' || n / ${SKUS_PER_PRODUCT}, ${NAME}, fold_sku(${NAME}), 'ACTIVATE', 'NORMAL', ${PRICE},
       'USD', '[{"id": "W1", "quantity": 1}]', '', now(), now() ${numbers}`,
    values,
  );
  await db.query(
    `INSERT INTO sent_values (environment, shop_id, sku_id, stock, stock_sent_at, price, price_sent_at)
     SELECT $1, $2, 'S' || n, jsonb_build_object('W1', ${QUANTITY}), now(), ${PRICE}, now() ${numbers}`,
    values,
  );
  await db.query(
    `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, merchant_sku, matched_by, quantity,
       cost, version, judged_version, push_state)
     SELECT $1, $2, fold_sku(${NAME}), ${NAME}, ${NAME}, 'auto', ${QUANTITY}, ${PRICE}, 0, 0, 'sent' ${numbers}`,
    [connectionId, companyId],
  );
  await db.query('VACUUM ANALYZE');
}

/** SKUs are the same in feed and shop. */
export async function useAutoMatch(db: pg.Pool | pg.PoolClient, connectionId: number): Promise<void> {
  await db.query(`UPDATE connections SET settings = '{"autoMatch": true}' WHERE id = $1`, [connectionId]);
}

/** How a file is posted: where the API is, and whose shop it concerns. */
export interface UploadTarget {
  port: number;
  partnerId: number;
  key: string;
}

/** Posts a file as a form does, from disk. @param door of inventory when left out @returns the counts of the import */
export async function upload(
  { port, partnerId, key }: UploadTarget,
  path: string,
  door = 'v3/Inventory',
): Promise<Record<string, number>> {
  const form = new FormData();
  form.set('file', await openAsBlob(path), 'feed.csv');
  const response = await fetch(`http://127.0.0.1:${port}/api/${door}/${partnerId}`, {
    method: 'POST',
    headers: { SubscriptionKey: key },
    body: form,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The upload was answered with ${response.status}: ${text.slice(0, 300)}`);
  const { Imports: imports } = JSON.parse(text) as { Imports: { Counts: Record<string, number> }[] };
  return imports[0]?.Counts ?? {};
}

export async function partnerIdOf(db: pg.Pool, connectionId: number): Promise<number> {
  const sql = 'SELECT partner_id AS id FROM connections WHERE id = $1';
  const { rows } = await db.query<{ id: number }>(sql, [connectionId]);
  return rows[0]?.id ?? 0;
}

/** What the push is going to call, product by product: everything that has changed, decided by all of its gates. */
export async function decideBatches(
  db: Database,
  { connectionId }: Connected,
): Promise<{ batches: number; skus: number }> {
  const connection = requireActive(await getConnection(db.prisma, { id: connectionId }));
  const target = targetOf(connection);
  const counting = await readCounting(db.prisma, connection.id);
  const shop = await shopFactsOf(db.prisma, connection, { now: new Date(), counting, ordersRead: true });
  const found = { batches: 0, skus: 0 };
  await bulkTransaction(db, async (tx) => {
    for await (const facts of readUndecided(tx, { target, shop })) {
      const { stock } = planCalls(facts.map(judge), Number.POSITIVE_INFINITY);
      found.batches += stock.length;
      found.skus += stock.reduce((sum, { effects }) => sum + effects.length, 0);
    }
  });
  return found;
}
