import t from 'tap';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
await t.test('smoke', async (t) => {
  const { call, seller, log } = await testApi(t, db);
  const boundary = 'xxx';
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\nSupplierSKU,Quantity,Cost\r\n0001,5,9.90\r\nB,-1,\r\nC,,\r\nD,7,\r\n\r\n--${boundary}--\r\n`;
  const a = await call('POST', `/api/v3/inventory/${seller.partnerId}`, {
    payload: body,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  console.error(
    a.statusCode,
    a.body,
    log.lines.filter((l: any) => l.level === 'error').map((l: any) => l.facts.err),
  );
  console.error((await call('GET', `/api/v3/inventory/${seller.partnerId}`)).body);
  console.error((await call('GET', `/api/v3/inventory/${seller.partnerId}/item/0001`)).body);
  console.error(
    (await call('GET', `/api/v3/inventory/imports/1/errors`, { headers: { accept: 'text/csv' } })).body,
  );
  const j = await call('POST', `/api/v3/Inventory/${seller.partnerId}?dryRun=true`, {
    payload: [{ supplierSku: 'b', Quantity: 3 }],
  });
  console.error(j.statusCode, j.body);
  t.equal(a.statusCode, 200);
});
