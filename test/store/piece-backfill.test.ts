import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/store/database.js';
import { migrate, shippedMigrations } from '../../src/store/migrate.js';
import { testDatabaseUrl } from '../support/database.js';

/** What has to be there before an order can be. */
const SHOP = `
  INSERT INTO companies (id, name) VALUES (1, 'Harbor');
  INSERT INTO connections (id, company_id, name, environment, shop_id, status)
    VALUES (1, 1, 'Harbor', 'simulator', '7', 'active');`;

interface OldOrder {
  id: number;
  status: string;
  fulfillment?: string;
  exported?: boolean;
  units: {
    unitId: string;
    merchantSku?: string;
    cancelled?: boolean;
    cancelledBy?: string;
    shippedAt?: string;
  }[];
  /** Rows of order_units: on the line, or on none. */
  stored?: { unitId: string; line: number | null; cancelled?: boolean; shippedAt?: string }[];
}

const ORDERED = '2026-11-01T10:00:00Z';
const EXPORTED = '2026-11-01T11:00:00Z';
const CHANGED = '2026-11-02T10:00:00Z';

function sqlOf({
  id,
  status,
  fulfillment = 'seller',
  exported = false,
  units,
  stored = [],
}: OldOrder): string {
  const data = JSON.stringify({
    fulfillment,
    warehouseId: 'W1',
    units: units.map((unit) => ({
      skuId: 'S1',
      merchantSku: 'TEE',
      cancelled: false,
      cancelledBy: null,
      shippedAt: null,
      ...unit,
    })),
  });
  const text = (value: string | undefined) => (value === undefined ? 'NULL' : `'${value}'`);
  const document = exported
    ? `INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, reference, sender_company_id,
         receiver_company_id, document_date, body, renderer_version)
       VALUES (${id}, 1, 1, 'order', 100, 'L-${id}', '${id}', 2, 1, '${EXPORTED}', '{}', 1);`
    : '';
  return `${document}
    INSERT INTO orders (id, company_id, connection_id, environment, shop_id, tiktok_order_id, tiktok_status,
      tiktok_updated_at, read_at, state, document_key, exported_at, tiktok_created_at, currency, data)
    VALUES (${id}, 1, 1, 'simulator', '7', 'O${id}', '${status}', '${CHANGED}', '${CHANGED}',
      ${exported ? `'exported', ${id}, '${EXPORTED}'` : "'waiting', NULL, NULL"}, '${ORDERED}', 'USD', '${data}');
    ${exported ? `INSERT INTO order_lines (order_id, line_number, merchant_sku, supplier_sku, product_id, sku_id, product_name, sku_name, is_gift, quantity) VALUES (${id}, 1, 'TEE', 'TEE', 'P', 'S1', 'Tee', '', false, 1);` : ''}
    ${stored
      .map(
        (
          unit,
        ) => `INSERT INTO order_units (order_id, unit_id, line_number, sku_id, display_status, cancelled, shipped_at)
          VALUES (${id}, '${unit.unitId}', ${unit.line}, 'S1', '', ${unit.cancelled ?? false}, ${text(unit.shippedAt)});`,
      )
      .join('\n')}`;
}

const TOLD = '2026-11-03T10:00:00Z';
const LISTED = '2026-11-02T09:00:00Z';
const SHIPPED = '2026-11-01T20:00:00Z';

/** Cancellations in TikTok's list, and documents that told of them. */
const CANCELLATIONS = `
  INSERT INTO cancellations (company_id, connection_id, environment, shop_id, cancel_id, tiktok_order_id, order_id, type,
    role, role_text, status, status_text, unit_ids, requested_at, tiktok_updated_at, read_at, outcome)
  VALUES (1, 1, 'simulator', '7', 'C1', 'O3', 3, 'CANCEL', 'buyer', 'BUYER', 'executed', '', '{U3a}', '${LISTED}',
    '${TOLD}', '${TOLD}', 'acknowledged');
  INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, reference, parent_key,
    sender_company_id, receiver_company_id, document_date, body, renderer_version, created_at)
  VALUES (30, 1, 1, 'acknowledgement', 100, 'L-3', 'C1', 3, 2, 1, '${TOLD}', '{}', 1, '${TOLD}');
  INSERT INTO acknowledgements (document_key, order_id, company_id, kind, state, unit_ids, input)
  VALUES (30, 3, 1, 'pulled', 'done', '{U3a}', '{}');`;

const OLD: OldOrder[] = [
  { id: 1, status: 'ON_HOLD', units: [{ unitId: 'U1', merchantSku: '' }] },
  { id: 2, status: 'IN_TRANSIT', fulfillment: 'tiktok', units: [{ unitId: 'U2' }] },
  {
    id: 3,
    status: 'AWAITING_SHIPMENT',
    exported: true,
    units: [{ unitId: 'U3a' }, { unitId: 'U3b' }, { unitId: 'U3c', cancelled: true, cancelledBy: 'BUYER' }],
    stored: [
      { unitId: 'U3a', line: 1, cancelled: true },
      { unitId: 'U3b', line: 1 },
      { unitId: 'U3c', line: null, cancelled: true },
    ],
  },
  {
    id: 4,
    status: 'DELIVERED',
    exported: true,
    units: [{ unitId: 'U4a' }, { unitId: 'U4b' }],
    stored: [
      { unitId: 'U4a', line: 1, shippedAt: SHIPPED },
      { unitId: 'U4b', line: 1 },
    ],
  },
  {
    id: 5,
    status: 'CANCELLED',
    exported: true,
    units: [
      { unitId: 'U5a', cancelled: true, cancelledBy: 'SELLER' },
      { unitId: 'U5b', cancelled: true, cancelledBy: 'SOMEBODY' },
    ],
    stored: [
      { unitId: 'U5a', line: 1, cancelled: true },
      { unitId: 'U5b', line: 1, cancelled: true },
    ],
  },
];

async function upgraded(t: Test) {
  const url = await testDatabaseUrl(t);
  const db = openDatabase({ url });
  t.teardown(() => db.close());
  await db.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  const shipped = await shippedMigrations();
  const newest = shipped.findIndex(({ name }) => name.endsWith('_stock_truth'));
  const folder = await mkdtemp(join(tmpdir(), 'connector-migrations-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const add = async ({ name, sql }: { name: string; sql: string }) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
  };
  for (const migration of shipped.slice(0, newest)) await add(migration);
  await migrate(url, folder);
  await db.pool.query([SHOP, ...OLD.map(sqlOf), CANCELLATIONS].join('\n'));
  await add(shipped[newest]!);
  await migrate(url, folder);
  return db;
}

await t.test('an upgrade knows the pieces of the orders that came before', async (t) => {
  const db = await upgraded(t);
  const { rows } = await db.pool.query(
    `SELECT unit_id, order_id, sku_id, seller_sku, warehouse_id, born_at, exported_at, handed_at, shipped_at, left_at,
       cancelled_at, cancelled_by, cancel_ready_at, matters_until = 'infinity' AS "matters for ever"
     FROM stock_pieces ORDER BY unit_id`,
  );
  const [ordered, exported, changed, told, listed, shipped] = [
    ORDERED,
    EXPORTED,
    CHANGED,
    TOLD,
    LISTED,
    SHIPPED,
  ].map((time) => new Date(time));
  const piece = (unitId: string, more: object) => ({
    unit_id: unitId,
    order_id: unitId[1],
    sku_id: 'S1',
    seller_sku: 'TEE',
    warehouse_id: 'W1',
    born_at: ordered,
    exported_at: exported,
    handed_at: exported,
    shipped_at: null,
    left_at: null,
    cancelled_at: null,
    cancelled_by: null,
    cancel_ready_at: null,
    'matters for ever': false,
    ...more,
  });
  const never = { exported_at: null, handed_at: null };
  const left = { shipped_at: changed, left_at: changed };
  t.same(rows, [
    piece('U1', { ...never, seller_sku: 'S1', 'matters for ever': true }),
    piece('U3a', { cancelled_at: listed, cancelled_by: 'buyer', cancel_ready_at: told }),
    piece('U3b', { 'matters for ever': true }),
    piece('U3c', { ...never, cancelled_at: changed, cancelled_by: 'buyer' }),
    piece('U4a', { ...left, shipped_at: shipped }),
    piece('U4b', left),
    piece('U5a', { cancelled_at: changed, cancelled_by: 'seller', 'matters for ever': true }),
    piece('U5b', { cancelled_at: changed, cancelled_by: 'other', cancel_ready_at: changed }),
  ]);
  const touched = await db.pool.query('SELECT seller_sku, touched_at FROM touched_skus ORDER BY seller_sku');
  t.same(touched.rows, [
    { seller_sku: 'S1', touched_at: ordered },
    { seller_sku: 'TEE', touched_at: told },
  ]);
});
