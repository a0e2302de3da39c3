import t from 'tap';
import { testApi } from '../support/api.js';
import { createOrderDocuments } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

/** Whatever is written to the table: PostgreSQL says what it says when its disk is full. */
async function fill(table: string): Promise<() => Promise<void>> {
  await db.pool.query(`
    CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON ${table} EXECUTE FUNCTION no_room()`);
  return async () => void (await db.pool.query(`DROP TRIGGER no_room ON ${table}`));
}

await t.test(
  "a full disk of PostgreSQL's is no fault of the sender: 503 with Retry-After at every door that stores",
  async (t) => {
    const { call, seller } = await testApi(t, db);
    const [order] = await createOrderDocuments(db, seller, 1);
    const lines = [{ ItemIdentifier: { SupplierSKU: 'ERP-1' }, Quantity: 1 }];
    const shipment = { ShipmentNumber: 'S-1', ShipmentLines: lines };
    const json = { headers: { 'content-type': 'application/json' } };
    const csv = { headers: { 'content-type': 'text/csv' } };
    const feed = `/api/v3/Inventory/${seller.partnerId}`;
    const doors: [table: string, method: 'POST' | 'PUT', path: string, options: object][] = [
      ['imports', 'POST', feed, { ...csv, payload: 'SupplierSKU,Quantity\nA,1\n' }],
      ['inventory_items', 'POST', feed, { ...csv, payload: 'SupplierSKU,Quantity\nA,1\n' }],
      ['inventory_items', 'POST', feed, { ...json, payload: '[{"SupplierSKU":"A","Quantity":1}]' }],
      ['sku_matches', 'POST', `${feed}/Matching`, { ...csv, payload: 'SupplierSKU,MerchantSKU\nA,B\n' }],
      ['documents', 'POST', `/api/v3/Orders/${order!.key}/Shipments`, { ...json, payload: shipment }],
      [
        'idempotency_keys',
        'PUT',
        '/api/v3/Orders/Status',
        {
          headers: { ...json.headers, 'idempotency-key': 'K1' },
          payload: { Status: '200', LogicbrokerKeys: [String(order!.key)] },
        },
      ],
      [
        'documents',
        'PUT',
        '/api/v3/Orders/Status',
        { ...json, payload: { Status: '200', LogicbrokerKeys: [String(order!.key)] } },
      ],
      ['events', 'POST', '/api/v1/ActivityEvents', { ...json, payload: { Summary: 'x' } }],
    ];
    for (const [table, method, path, options] of doors) {
      const empty = await fill(table);
      const answer = await call(method, path, options);
      await empty();
      t.equal(answer.statusCode, 503, `${table}: ${method} ${path}: ${answer.body.slice(0, 300)}`);
      t.equal(answer.headers['retry-after'], '60', path);
    }
  },
);
