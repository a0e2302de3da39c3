import t from 'tap';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { errorsOf, itemsOf, upload } from './files.js';
import { beginUpload } from './slow-upload.js';

const db = await testDatabase(t);
const complete = { query: '?complete=true' };

/** Quantities by SKU; of several warehouses each with its code. */
async function stockOf(api: Pick<TestApi, 'call' | 'seller'>): Promise<Record<string, string>> {
  const items = await itemsOf(api);
  return Object.fromEntries(
    [...items].map(([sku, item]) => {
      const cells = [1, 2, 3].flatMap((nth) => {
        const name = `Warehouse${nth === 1 ? '' : nth}`;
        const code = item[name];
        const pieces = item[`${name}Quantity`] ?? (nth === 1 ? item['Quantity'] : undefined);
        return typeof code === 'string' ? [`${code} ${String(pieces)}`] : [];
      });
      return [sku, cells.length > 0 ? cells.join(', ') : String(item['Quantity'])];
    }),
  );
}

async function setSettings({ seller }: Pick<TestApi, 'seller'>, settings: object): Promise<void> {
  await db.prisma.connection.update({
    where: { id: seller.connectionId },
    data: { settings: { ...settings } },
  });
}

await t.test('what a complete file leaves out is 0 and listed; any other file leaves it alone', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity,Cost\nA,1,9\nB,2,9\nC,3,9\nD,4,9\n');
  await upload(api, 'SupplierSKU,Quantity\nA,1\n');
  t.same(await stockOf(api), { A: '1', B: '2', C: '3', D: '4' }, 'no file is complete by itself');
  const tried = await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nD,5\n', {
    query: '?complete=true&dryRun=true',
  });
  t.match(tried.counts, { LeftOut: 1 });
  t.match(await stockOf(api), { C: '3' });
  const { counts, json, id } = await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nD,5\n', complete);
  t.match(counts, { Rows: 3, LeftOut: 1, Zeroed: 1, Changed: 2 });
  t.match(json.Body, /1 left out and set to 0/);
  t.match(json.Imports[0], { Complete: true });
  t.same(await stockOf(api), { A: '1', B: '2', C: '0', D: '5' });
  t.match((await itemsOf(api)).get('C'), { Cost: 9 }, 'its price stays');
  t.match(await errorsOf(api, id), [
    { Level: 'left-out', SupplierSKU: 'C', Value: '3', Message: /left out of the complete file/ },
  ]);
  const again = await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nD,5\n', complete);
  t.match(again.counts, { LeftOut: 0, Changed: 0 });
});

await t.test('a setting makes every feed complete, and an upload may say otherwise', async (t) => {
  const api = await testApi(t, db);
  await setSettings(api, { completeFeeds: true });
  await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\n');
  await upload(api, 'SupplierSKU,Quantity\nA,3\n', { query: '?complete=false' });
  t.same(await stockOf(api), { A: '3', B: '2' });
  await upload(api, 'SupplierSKU,Quantity\nA,3\n');
  t.same(await stockOf(api), { A: '3', B: '0' });
});

await t.test(
  'what cannot be read is not left out, and where nobody knows what it was nothing is',
  async (t) => {
    const api = await testApi(t, db);
    await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nC,3\nD,4\nE,5\nF,6\n');
    const bad = await upload(
      api,
      'SupplierSKU,Quantity,Cost\nA,many,\nB,,\nC,,7\n,9,\nE,5,x\nF,6,\n',
      complete,
    );
    t.match(bad.counts, { Errors: 3, LeftOut: 1 });
    t.same(await stockOf(api), { A: '1', B: '2', C: '3', D: '0', E: '5', F: '6' });
    for (const row of ['"A,1', 'A,1,2,3', '1.23E+12,4', 'A']) {
      const hidden = await upload(
        api,
        `SupplierSKU,Quantity\nF,6\n${row}${row === 'A' ? '' : '\nF,6\n'}`,
        complete,
      );
      t.equal(hidden.status, 200, row);
      t.match(hidden.json.Body, /Nothing was set to 0 though the file is complete/, row);
    }
    t.match(await stockOf(api), { B: '2', E: '5' });
    t.equal(
      (await upload(api, 'SupplierSKU,Quantity\n', complete)).status,
      400,
      'a header alone says nothing',
    );
  },
);

await t.test('a file that names warehouses is complete for these warehouses only', async (t) => {
  const api = await testApi(t, db);
  const rows = 'A,EAST,1\nA,WEST,2\nB,EAST,3\nB,WEST,4\nC,WEST,5\nD,EAST,6\n';
  await upload(api, `SupplierSKU,Warehouse,WarehouseQuantity\n${rows}`);
  await upload(api, 'SupplierSKU,Quantity\nN,7\n');
  const west = await upload(api, 'SupplierSKU,Warehouse,WarehouseQuantity\nA,west,9\n', complete);
  t.match(west.json.Imports[0], { State: 'applied', Counts: { LeftOut: 2 } });
  const stock = await stockOf(api);
  t.match(stock, { A: /EAST 1/, B: /EAST 3/, C: 'WEST 0', D: 'EAST 6', N: '7' });
  t.match(stock['A'], /west 9/i);
  t.match(stock['B'], /WEST 0/);
  const wide = await upload(api, 'SKU,Quantity in EAST,Quantity in WEST\nA,,5\nB,x,6\nD,6,\n', complete);
  t.match(
    wide.counts,
    { LeftOut: 1 },
    'an empty cell of a row that says something is left out, a bad one is not',
  );
  const after = await stockOf(api);
  t.match(after['A'], /EAST 0/);
  t.match(after, { B: /EAST 3/, D: /EAST 6/, N: '7' });
});

await t.test('the brake holds a complete file that would empty too much, also where it is off', async (t) => {
  const api = await testApi(t, db);
  const many = ['A', 'B', 'C', 'D', 'E'].map((sku) => `${sku},5\n`).join('');
  await upload(api, `SupplierSKU,Quantity\n${many}`);
  const held = await upload(api, 'SupplierSKU,Quantity\nA,6\n', complete);
  t.match(held.json.Imports[0], { State: 'held', Reason: /complete and leaves out 4 SKUs.*more than 50 %/ });
  t.match(await stockOf(api), { A: '5', E: '5' });
  await upload(api, 'SupplierSKU,Quantity\nE,8\n');
  const confirmed = await api.call('PUT', `/api/v3/Inventory/Imports/${held.id}/Confirm`);
  t.equal(confirmed.statusCode, 200);
  t.same(await stockOf(api), { A: '6', B: '0', C: '0', D: '0', E: '8' }, 'what came later stays');
  await setSettings(api, { spikeBrakePercent: 10 });
  await upload(api, 'SupplierSKU,Quantity\nB,1\nC,1\nD,1\n');
  t.match((await upload(api, 'SupplierSKU,Quantity\nA,6\nB,1\nC,1\nD,1\n', complete)).json.Imports[0], {
    State: 'held',
  });
});

await t.test(
  'of a complete file and others the first byte decides, whichever is applied first',
  async (t) => {
    const api = await testApi(t, db);
    await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nC,0\n');
    const early = await beginUpload(db, api, 'SupplierSKU,Quantity\nB,20\n');
    const middle = await beginUpload(db, api, 'SupplierSKU,Quantity\nA,3\n', { query: '?complete=true' });
    await upload(api, 'SupplierSKU,Quantity\nB,7\n');
    t.equal((await middle.finish('')).status, 200);
    t.same(await stockOf(api), { A: '3', B: '7', C: '0' }, 'what arrived later than the complete file stays');
    t.equal((await early.finish('C,30\nNEW,4\nA,50\n')).status, 200);
    t.same(
      await stockOf(api),
      { A: '3', B: '7', C: '0', NEW: '0' },
      'what arrived before says nothing of what the complete file has left out',
    );
    await upload(api, 'SupplierSKU,Quantity\nC,30\nNEW,4\n');
    t.match(await stockOf(api), { C: '30', NEW: '4' }, 'what comes afterwards counts');
  },
);
