import type pg from 'pg';

/**
 * A handful of rows as an early version of the program wrote them, in the tables that a database has. Only columns that
 * were there from the first day of their table to this one are named.
 */
const ROWS: readonly (readonly [table: string, sql: string])[] = [
  ['companies', `INSERT INTO companies (id, name) VALUES (7001, 'Harbor Goods')`],
  [
    'authorizations',
    `INSERT INTO authorizations (id, company_id, environment, app_key, open_id, access_token)
     VALUES (1, 7001, 'simulator', 'key', 'open', 'sealed')`,
  ],
  [
    'connections',
    `INSERT INTO connections (id, company_id, partner_id, name, environment, authorization_id, shop_id, status, settings)
     VALUES (1, 7001, 7002, 'US', 'simulator', 1, '7', 'active', '{"remorseMinutes": 30}')`,
  ],
  [
    'documents',
    `INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, reference, sender_company_id,
       receiver_company_id, document_date, body, renderer_version)
     VALUES (1001, 7001, 1, 'order', 100, 'L1', 'R1', 7002, 7001, '2026-11-01Z', '{"PartnerPO": "é 5.10"}', 1),
            (1002, 7001, 1, 'shipment', 150, 'L1', 'S1', 7001, 7002, '2026-11-02Z', '{}', 1),
            (1003, 7001, 1, 'acknowledgement', 150, 'L1', 'A1', 7001, 7002, '2026-11-02Z', '{}', 1)`,
  ],
  [
    'orders',
    `INSERT INTO orders (id, company_id, connection_id, environment, shop_id, tiktok_order_id, tiktok_status,
       tiktok_updated_at, read_at, state, document_key, tiktok_created_at, currency, total, data, personal)
     VALUES (1, 7001, 1, 'simulator', '7', '57', 'AWAITING_SHIPMENT', '2026-11-01Z', '2026-11-01Z', 'exported', 1001,
       '2026-11-01Z', 'USD', 12.34, '{"a": 1}', '{"name": "B"}')`,
  ],
  [
    'order_lines',
    `INSERT INTO order_lines (order_id, line_number, merchant_sku, supplier_sku, product_id, sku_id, product_name, sku_name,
       is_gift, sale_price, quantity) VALUES (1, 1, 'M', 'S', 'P', 'K', 'Tee', 'L', false, 6.17, 2)`,
  ],
  [
    'order_units',
    `INSERT INTO order_units (order_id, unit_id, line_number, sku_id, display_status)
     VALUES (1, 'U1', 1, 'K', 'AWAITING_SHIPMENT'), (1, 'U2', 1, 'K', 'AWAITING_SHIPMENT')`,
  ],
  [
    'shipments',
    `INSERT INTO shipments (document_key, order_id, company_id, input) VALUES (1002, 1, 7001, '{"ShipmentNumber": "S1"}')`,
  ],
  [
    'shipment_packages',
    `INSERT INTO shipment_packages (shipment_key, position, tracking_number, unit_ids) VALUES (1002, 0, 'T', '{U1}')`,
  ],
  [
    'outbox',
    `INSERT INTO outbox (id, company_id, connection_id, effect, natural_key, ordering_key, lane, document_key, payload, state)
     VALUES (1, 7001, 1, 'mark-package-shipped', 'S1:0', 'order:57', 'urgent', 1002, '{"x": 1}', 'needs_person'),
            (2, 7001, 1, 'mark-package-shipped', 'S1:1', 'order:57', 'urgent', 1002, '{}', 'pending')`,
  ],
  [
    'flows',
    `INSERT INTO flows (id, connection_id, name, lane, schedule, watermark)
     VALUES (1, 1, 'pull-orders', 'urgent', '*/15 * * * *', '2026-11-01Z')`,
  ],
  // The same since a flow has a subject and an effect a target.
  [
    'outbox',
    `INSERT INTO outbox (id, company_id, target_id, connection_id, effect, natural_key, ordering_key, lane, document_key,
       payload, state)
     VALUES (1, 7001, 1, 1, 'mark-package-shipped', 'S1:0', 'order:57', 'urgent', 1002, '{"x": 1}', 'needs_person'),
            (2, 7001, 1, 1, 'mark-package-shipped', 'S1:1', 'order:57', 'urgent', 1002, '{}', 'pending')`,
  ],
  [
    'flows',
    `INSERT INTO flows (id, subject_id, connection_id, name, lane, schedule, watermark)
     VALUES (1, 1, 1, 'pull-orders', 'urgent', '*/15 * * * *', '2026-11-01Z')`,
  ],
  [
    'events',
    `INSERT INTO events (company_id, document_key, type_id, level, category, summary, created_at)
     VALUES (7001, 1001, 1, 'Info', 'x', 'came in', '2026-11-01Z')`,
  ],
  [
    'acknowledgements',
    `INSERT INTO acknowledgements (document_key, order_id, company_id, kind, state, input)
     VALUES (1003, 1, 7001, 'cancel', 'pending', '{"Number": 5.10}')`,
  ],
  [
    'returns',
    `INSERT INTO returns (company_id, connection_id, environment, shop_id, return_id, tiktok_order_id, type, stage,
       tiktok_created_at, tiktok_updated_at, read_at, state, data)
     VALUES (7001, 1, 'simulator', '7', 'R', '57', 'return_and_refund', 'x', '2026-11-01Z', '2026-11-01Z', '2026-11-01Z',
       'not_imported', '{}')`,
  ],
  [
    'inventory_items',
    `INSERT INTO inventory_items (connection_id, company_id, sku_key, supplier_sku, merchant_sku, matched_by, quantity, cost,
       version) VALUES (1, 7001, 's', 'S', 'M', 'file', 5, 6.170000, 1)`,
  ],
  [
    'catalog_skus',
    `INSERT INTO catalog_skus (environment, shop_id, sku_id, product_id, seller_sku, seller_key, product_status, sku_status,
       warehouses, fingerprint, read_at, changed_at)
     VALUES ('simulator', '7', 'K', 'P', 'M', 'm', 'ACTIVATE', 'NORMAL', '{"W": 5}', 'f', '2026-11-01Z', '2026-11-01Z')`,
  ],
  [
    'sent_stock',
    `INSERT INTO sent_stock (environment, shop_id, sku_id, warehouse_id, quantity, in_doubt, sent_at)
     VALUES ('simulator', '7', 'K', 'W', 5, false, '2026-11-01Z')`,
  ],
  [
    'sent_values',
    `INSERT INTO sent_values (environment, shop_id, sku_id, stock) VALUES ('simulator', '7', 'K', '{"W": 5}')`,
  ],
];

/** PostgreSQL: undefined_column, not_null_violation. */
const NO_SUCH_ROW = ['42703', '23502'];

/** Puts the rows in. Answers the tables that have some. */
export async function fillOldDatabase(client: pg.Client): Promise<string[]> {
  const filled: string[] = [];
  for (const [table, sql] of ROWS) {
    if (!(await hasTable(client, table))) continue;
    if (await fill(client, sql)) filled.push(table);
  }
  return filled;
}

/** False where the table lacks a column that the row names, or wants one more: no version wrote such a row there. */
async function fill(client: pg.Client, sql: string): Promise<boolean> {
  try {
    await client.query(sql);
    return true;
  } catch (error) {
    if (NO_SUCH_ROW.includes(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

type Row = Record<string, unknown>;

/** The rows of the tables as they are, each in the order of its text. */
export async function rowsOf(client: pg.Client, tables: readonly string[]): Promise<Map<string, Row[]>> {
  const rows = new Map<string, Row[]>();
  for (const table of tables) {
    if (!(await hasTable(client, table))) continue;
    const answer = await client.query<{ row: Row }>(
      `SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY to_jsonb(t)::text`,
    );
    rows.set(
      table,
      answer.rows.map(({ row }) => row),
    );
  }
  return rows;
}

async function hasTable(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  return rows[0]?.there === true;
}
