import t from 'tap';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { copyText } from '../../src/imports/copy-text.js';
import { cell } from '../../src/imports/current-row.js';
import type { FeedKind, FeedWork, FoundChanges } from '../../src/imports/feed-kind.js';
import { readHeader } from '../../src/imports/header.js';
import { createRowReader } from '../../src/imports/row-reader.js';
import { systemClock } from '../../src/kernel/time.js';
import type { BulkTx } from '../../src/store/bulk-transaction.js';
import { errorsOf, upload, workbook } from '../inventory/files.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
await db.prisma.$executeRaw`
  CREATE TABLE shelves (connection_id int, sku_key text, shelf text, n int, PRIMARY KEY (connection_id, sku_key))`;
await db.prisma.$executeRaw`CREATE TABLE held_shelves (import_id int, sku_key text, shelf text)`;

interface Shelves {
  /** Rows that name the ground floor. */
  ground: number;
}

const woken: { connectionId: number; urgent: boolean }[] = [];
const followed: number[] = [];

/** Writes what later feeds have not said otherwise. @returns how many rows were new, and how many are another now */
async function put(
  tx: BulkTx,
  table: string,
  { connection, importId }: Pick<FeedWork, 'connection' | 'importId'>,
): Promise<Record<string, number>> {
  const rows = await tx.query<{ isNew: boolean }>(
    `INSERT INTO shelves SELECT DISTINCT ON (sku_key) $1::int, sku_key, shelf, $2::int FROM ${table}
     ON CONFLICT (connection_id, sku_key) DO UPDATE SET shelf = excluded.shelf, n = excluded.n WHERE shelves.n < excluded.n
     RETURNING xmax = 0 AS "isNew"`,
    [connection.id, importId],
  );
  const added = rows.filter(({ isNew }) => isNew).length;
  return { added, changed: rows.length - added };
}

/** A kind of feed that the program does not know: on which shelf each SKU lies. Whoever moves too much has to confirm it. */
const shelves: FeedKind<Shelves, FoundChanges & { moved: number }> = {
  code: 'shelves',
  label: 'Shelf list',
  door: {
    path: '/Inventory/:partnerId/Shelves',
    operation: {
      name: 'postShelves',
      summary: 'Send a list of shelves',
      description: 'SupplierSKU and Shelf.',
    },
  },
  ownCounts: ['ground'],
  events: {
    taken: 'inventory-imported',
    failed: 'inventory-import-error',
    held: 'inventory-held',
    nothingTaken: 'inventory-nothing-taken',
  },
  needsGoodRow: true,
  async createTable(tx, importId) {
    const table = `shelf_rows_${importId}`;
    await tx.query(
      `CREATE TEMP TABLE ${table} (row_number int, sku_key text, supplier_sku text, shelf text) ON COMMIT DROP`,
    );
    return table;
  },
  openTable(headers, { caseSensitive, report }) {
    const header = readHeader(headers, 'SupplierSKU,Shelf');
    const shelf = header.take('Shelf', 'Location');
    const columns = { ...header, supplierSku: header.need('SupplierSKU') };
    let ground = 0;
    const reader = createRowReader({ columns, caseSensitive, report }, (row, start) => {
      const text = cell(row, shelf);
      if (text === '') return row.refuse(shelf, 'names no shelf', 'Give the shelf');
      if (text.startsWith('0')) ground += 1;
      if (text.length > 5) row.remark(shelf, 'is long and was cut', 'Use at most 5 characters');
      return `${start}${copyText(text.slice(0, 5))}\n`;
    });
    return {
      warnings: header.unknown(),
      read: reader.read,
      refuse: reader.refuse,
      end: () => ({ remarks: ground > 0 ? [`${ground} lie on the ground floor`] : [], rows: { ground } }),
    };
  },
  lock: async (tx, { id }) => void (await tx.query('SELECT pg_advisory_xact_lock(77, $1::int)', [id])),
  async find(tx, { connection, table, staged }) {
    const [row] = await tx.query<{ moved: number }>(
      `SELECT count(*)::int AS moved FROM ${table} r JOIN shelves s USING (sku_key)
       WHERE s.connection_id = $1 AND s.shelf <> r.shelf`,
      [connection.id],
    );
    const counts = { ground: staged.rows.ground };
    return { moved: row!.moved, counts, findings: [], warnings: [] };
  },
  async brake(tx, { importId, table }, { moved }) {
    if (moved < 3) return null;
    return {
      reason: `${moved} SKUs would move.`,
      async hold() {
        await tx.query(`INSERT INTO held_shelves SELECT $1::int, sku_key, shelf FROM ${table}`, [importId]);
        return {};
      },
    };
  },
  apply: async (tx, work) => ({ counts: await put(tx, work.table, work), wake: { urgent: true } }),
  async applyHeld(tx, held) {
    const table = `(SELECT sku_key, shelf FROM held_shelves WHERE import_id = ${held.importId}) held`;
    const counts = await put(tx, table, held);
    await tx.query('DELETE FROM held_shelves WHERE import_id = $1', [held.importId]);
    return { counts, wake: { urgent: false } };
  },
  forgetHeld: async (tx, ids) =>
    void (await tx.query('DELETE FROM held_shelves WHERE import_id = ANY($1::int[])', [ids])),
  wake: async (connectionId, { urgent }) => void woken.push({ connectionId, urgent }),
  follow: async ({ connectionId }) => void followed.push(connectionId),
};

const inventory = { db, clock: systemClock, log: recordingLog() };
const api = await testApi(t, db, { feedKinds: [...feedKindsOf(inventory), shelves] });
const { connectionId } = api.seller;
const path = 'Shelves';

const stored = async () =>
  Object.fromEntries(
    (
      await db.prisma.$queryRaw<{ sku: string; shelf: string }[]>`
        SELECT sku_key AS sku, shelf FROM shelves WHERE connection_id = ${connectionId} ORDER BY sku_key`
    ).map(({ sku, shelf }) => [sku, shelf]),
  );
const events = async () =>
  (await db.prisma.event.findMany({ where: { connectionId }, orderBy: { id: 'asc' } })).map(
    ({ summary }) => summary,
  );

await t.test(
  'a kind of feed is one definition: its files have door, findings, counts and report',
  async (t) => {
    const { status, json, counts, id } = await upload(
      api,
      'Location;Supplier SKU;Colour\n1A;A;red\n0B;b;\n;C;\nlonger;D;\n2B;;\n"3;E\n',
      { path },
    );
    t.equal(status, 200);
    t.match(json.Body, `Shelf list ${id} was taken in: 6 rows, 3 new, 0 changed`);
    t.match(counts, { Rows: 6, Errors: 3, Warned: 1, Added: 3, Ground: 1 });
    t.match(json.Imports[0], {
      Kind: 'shelves',
      State: 'applied',
      Format: 'csv',
      Warnings: ['Columns that are not known were ignored: Colour', '1 lie on the ground floor'],
    });
    t.same(await stored(), { a: '1A', b: '0B', d: 'longe' });
    t.same(
      (await errorsOf(api, id)).map(
        ({ Level, Row, Column, Message }) => `${Level} ${Row} ${Column ?? '-'} ${Message}`,
      ),
      [
        'error 4 Location names no shelf',
        'warning 5 Location is long and was cut',
        'error 6 Supplier SKU is empty',
        'error 7 - a quote is opened and never closed',
      ],
    );
    const report = await api.call('GET', `/api/v3/Inventory/Imports/${id}/Errors`, {
      headers: { accept: 'text/csv' },
    });
    t.match(report.body, '4,Location,,names no shelf,Give the shelf,error,C,",C,",A');
    t.same((await events()).toSorted(), [
      `Shelf list ${id}: 3 rows were not taken; of 1 rows a value was not taken as it stands there`,
      `Shelf list ${id}: 6 rows, 3 new, 0 changed, 3 with errors`,
    ]);
    t.same(woken, [{ connectionId, urgent: true }]);
    t.same(followed, [connectionId]);
  },
);

await t.test('its files come in every format, and bad ones are refused with its own words', async (t) => {
  const sheet = workbook([
    ['SupplierSKU', 'Shelf'],
    ['X', '4C'],
  ]);
  t.equal((await upload(api, sheet, { path })).json.Imports[0].Format, 'xlsx');
  t.equal((await upload(api, '[{"supplierSku":"Y","shelf":"4D"}]', { path })).json.Imports[0].Format, 'json');
  t.match(await stored(), { x: '4C', y: '4D' });
  const listed = await upload(api, '[{"supplierSku":"Z","shelf":""},{"supplierSku":"Z","shelf":"4E"}]', {
    path,
  });
  const [line] = await errorsOf(api, listed.id);
  t.match(
    line,
    { Row: 1, Column: 'shelf', Letter: undefined },
    'a list of items has no columns with letters',
  );
  const bad = await upload(api, 'Shelf\n1A\n', { path });
  t.equal(bad.status, 400);
  t.match(bad.body, /no column SupplierSKU.*such as SupplierSKU,Shelf/);
  const none = await upload(api, 'SupplierSKU,Shelf\nA,\n', { path });
  t.equal(none.status, 400);
  t.match(none.body, /Shelf list \d+ was refused: nothing was taken/);
  t.match((await events()).at(-1), /nothing was taken, all 1 rows are bad/);
});

await t.test('its dry run reports and changes nothing', async (t) => {
  const before = await stored();
  const wakes = woken.length;
  const { json, counts } = await upload(api, 'SupplierSKU,Shelf\nA,9Z\nNEW,9Z\n', {
    path,
    query: '?dryRun=true',
  });
  t.match(json.Imports[0], { State: 'tried', DryRun: true });
  t.match(counts, { Rows: 2, Added: 1, Changed: 1 });
  t.same(await stored(), before);
  t.equal(woken.length, wakes);
});

await t.test('its brake holds a file until somebody confirms or refuses it', async (t) => {
  const feed = (shelf: string) =>
    `SupplierSKU,Shelf\n${['A', 'B', 'X'].map((sku) => `${sku},${shelf}\n`).join('')}`;
  const before = await stored();
  const held = await upload(api, feed('7A'), { path });
  t.match(held.json.Imports[0], { State: 'held', Reason: '3 SKUs would move.' });
  t.same(await stored(), before);
  const later = await upload(api, 'SupplierSKU,Shelf\nX,8B\n', { path });
  t.equal(later.json.Imports[0].State, 'applied');
  const confirmed = await api.call('PUT', `/api/v3/Inventory/Imports/${held.id}/Confirm`);
  t.match(confirmed.json().Body, `Import ${held.id} was applied: 0 new, 2 changed`);
  t.match(await stored(), { a: '7A', b: '7A', x: '8B' }, 'what came later stays');
  const refused = await upload(api, feed('1A'), { path });
  t.equal((await api.call('PUT', `/api/v3/Inventory/Imports/${refused.id}/Refuse`)).statusCode, 200);
  t.match(await stored(), { a: '7A' });
  t.equal(
    Number((await db.prisma.$queryRaw<{ n: bigint }[]>`SELECT count(*) AS n FROM held_shelves`)[0]?.n),
    0,
  );
  t.equal((await api.call('PUT', `/api/v3/Inventory/Imports/${refused.id}/Confirm`)).statusCode, 400);
});

await t.test('it stands beside the other kinds, which know nothing of it', async (t) => {
  const stock = await upload(api, 'SupplierSKU,Quantity\nA,5\n');
  t.match(stock.json.Body, /Inventory feed \d+ was taken in: 1 rows, 1 new/);
  const list = await api.call('GET', `/api/v3/Inventory/${api.seller.partnerId}/Imports`);
  const kinds = (list.json().Records as { Kind: string }[]).map(({ Kind }) => Kind);
  t.ok(kinds.includes('shelves') && kinds.includes('feed'));
  const plain = await testApi(t, db);
  const ask = (method: 'GET' | 'POST', url: string) =>
    plain.app.inject({
      method,
      url: `/api/v3/Inventory/${api.seller.partnerId}${url}`,
      headers: { subscriptionkey: api.key, 'content-type': 'text/csv' },
      ...(method === 'POST' ? { payload: 'SupplierSKU,Shelf\nA,1\n' } : {}),
    });
  t.equal((await ask('POST', '/Shelves')).statusCode, 404);
  const shown = await ask('GET', '/Imports');
  t.equal(shown.statusCode, 200, 'a version that does not know the kind shows its imports all the same');
  t.match(
    (shown.json().Records as { Kind: string }[]).map(({ Kind }) => Kind),
    kinds,
  );
});
