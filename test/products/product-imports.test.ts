import { randomUUID } from 'node:crypto';
import t from 'tap';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { until } from '../support/waiting.js';
import { csv, productApi } from './product-files.js';

const db = await testDatabase(t);
const { call, seller } = await productApi(t, db);
const base = `/api/v3/Product/${seller.partnerId}/Imports/SupplierProducts`;

function form(content: string, fileName: string) {
  const boundary = `form-${randomUUID()}`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload:
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
      `Content-Type: text/csv\r\n\r\n${content}\r\n--${boundary}--\r\n`,
  };
}

async function announce(): Promise<{ upload: string; importId: string }> {
  const answer = await call('POST', base, { payload: { Columns: [] } });
  t.equal(answer.statusCode, 200, answer.body);
  const url = new URL(answer.json().Body);
  return { upload: url.pathname + url.search, importId: url.searchParams.get('importId') ?? '' };
}

async function statusOf(importId: string) {
  return (await call('GET', `${base}/Status?importId=${importId}`)).json();
}

await t.test('a file is announced, uploaded to the address of the answer, and asked for', async (t) => {
  const { upload, importId } = await announce();
  t.match(await statusOf(importId), { Complete: false });
  const file = csv([
    ['SKU', 'Title', 'Cost'],
    ['ONE', 'A lamp for the desk with a long arm', '20.00'],
    ['TWO', 'A lamp for the floor with a long arm', 'x'],
  ]);
  const sent = await call('POST', upload, form(file, 'products.csv'));
  t.equal(sent.statusCode, 200, sent.body);
  await until('the import', async () => (await statusOf(importId)).Complete === true);
  t.match(await statusOf(importId), { Complete: true, ImportedRecords: 2, ErrorMessage: '' });
  const list = (await call('GET', `/api/v3/Product/${seller.partnerId}/SupplierProducts`)).json();
  t.match(
    list.Records.map(({ Id }: { Id: string }) => Id),
    ['ONE', 'TWO'],
  );
  const twice = await call('POST', upload, form(file, 'products.csv'));
  t.equal(twice.statusCode, 409, 'one file for one announcement');
});

await t.test('of two files that come at once for one announcement one is taken', async (t) => {
  const { upload, importId } = await announce();
  const imports = () => db.prisma.import.count({ where: { connectionId: seller.connectionId } });
  const before = await imports();
  const file = csv([
    ['SKU', 'Title', 'Cost'],
    ['TWICE', 'A lamp for the desk with a long arm', '20.00'],
  ]);
  const answers = await Promise.all([1, 2, 3].map((nth) => call('POST', upload, form(file, `${nth}.csv`))));
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 409, 409],
  );
  await until('the import', async () => (await statusOf(importId)).Complete === true);
  t.equal((await imports()) - before, 1);
});

await t.test('a file without use says why in its status', async (t) => {
  const { upload, importId } = await announce();
  t.equal((await call('POST', upload, form('just,words\na,b\n', 'x.csv'))).statusCode, 200);
  await until('the import', async () => (await statusOf(importId)).Complete === true);
  t.match(await statusOf(importId), {
    ImportedRecords: 0,
    ErrorMessage: /SKU|column/i,
    ErrorReport: /Errors$/,
  });
});

await t.test('an announcement is a matter of its shop and company', async (t) => {
  const { importId } = await announce();
  const other = await createSeller(db);
  t.equal(
    (await call('POST', `${base}/Upload?importId=${randomUUID()}`, form('SKU\nA', 'x.csv'))).statusCode,
    404,
  );
  t.equal((await call('POST', `${base}/Upload`, form('SKU\nA', 'x.csv'))).statusCode, 404);
  const path = `/api/v3/Product/${other.partnerId}/Imports/SupplierProducts/Status?importId=${importId}`;
  t.equal((await call('GET', path)).statusCode, 404);
});
