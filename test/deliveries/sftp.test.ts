import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { readX12 } from '../../src/formats/x12-reader.js';
import { startWorld } from '../shipments/world.js';
import { x12Profile } from './file-world.js';
import { noSftp as skip, sftpSeller, type SftpSeller } from './sftp-seller.js';

t.setTimeout(300_000);

const world = await startWorld(t);
const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const seller = (t: Test, more: { largestBytes?: number } = {}): Promise<SftpSeller> =>
  sftpSeller(t, world, more);

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await sleep(100);
  }
  throw new Error('It did not happen');
}

const HEADER =
  'PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode';
const csvRow = (po: string, number: string): string => `${po},${number},SHIRT,1,1Z999AA10123456784,UPS`;

await t.test(
  'a seller fetches an order with sftp, and removing the file acknowledges it',
  { skip },
  async (t) => {
    const own = await seller(t);
    await own.setProfiles(
      { name: 'csv', channel: 'sftp', format: 'csv', documents: ['order'], fileName: 'order_{key}.csv' },
      x12Profile(),
    );
    const order = await own.shop.order(shirt);
    const [csv, edi] = [own.local('got.csv'), own.local('got.edi')];
    const name = `order_${order.key}.csv`;
    const got = await own.sftp(
      'ls -1 /CSV/Inbound/Orders',
      `get /CSV/Inbound/Orders/${name} ${csv}`,
      `get /EDI/Inbound/* ${edi}`,
    );
    t.equal(got.code, 0, got.text);
    t.match(got.text, name);
    t.match(readFileSync(csv, 'utf8'), order.tiktokOrderId);
    t.match(readX12(readFileSync(edi, 'utf8'))[0]?.groups[0]?.sets, [{ id: '850' }]);
    t.equal((await own.shop.orderDocument(order)).statusCode, 100, 'reading does not move it');
    const again = await own.sftp(
      `get /CSV/Inbound/Orders/${name} ${csv}.2`,
      `rm /CSV/Inbound/Orders/${name}`,
      'ls -1 /CSV/Inbound/Orders',
    );
    t.equal(again.code, 0, again.text);
    t.same(readFileSync(`${csv}.2`), readFileSync(csv), 'its bytes are frozen');
    t.equal((await own.shop.orderDocument(order)).statusCode, 200);
    t.equal((await own.sftp(`get /CSV/Inbound/Orders/${name} ${csv}.3`)).code, 1, 'it is gone');
  },
);

await t.test('moving a file into Archive picks it up, and nowhere else it goes', { skip }, async (t) => {
  const own = await seller(t);
  await own.setProfiles({
    name: 'json',
    channel: 'sftp',
    format: 'json',
    documents: ['order'],
    fileName: 'o{key}.json',
  });
  const order = await own.shop.order(shirt);
  const from = `/JSON/Inbound/Orders/o${order.key}.json`;
  for (const to of [
    '/JSON/Inbound/Orders/x.json',
    '/JSON/Outbound/Shipments/x.json',
    '/x.json',
    '/../../etc/x',
  ])
    t.equal((await own.sftp(`rename ${from} ${to}`)).code, 1, to);
  t.equal((await own.shop.orderDocument(order)).statusCode, 100);
  const moved = await own.sftp(`rename ${from} /JSON/Archive/o${order.key}.json`);
  t.equal(moved.code, 0, moved.text);
  t.equal((await own.shop.orderDocument(order)).statusCode, 200);
});

await t.test(
  'a dropped shipment is sent, and what is wrong with a file lies in Outbound/Errors until it is removed',
  { skip },
  async (t) => {
    const own = await seller(t);
    const order = await own.shop.order(shirt);
    const file = own.local(
      's.csv',
      [HEADER, csvRow(order.tiktokOrderId, 'S-1'), csvRow('4711', 'S-2')].join('\n'),
    );
    const put = await own.sftp(
      `put -p ${file} /CSV/Outbound/Shipments/today.csv`,
      `put ${file} /CSV/Outbound/Shipments/.later.tmp`,
    );
    t.equal(put.code, 0, put.text);
    await until(async () => (await own.sftp('ls -1 /CSV/Outbound/Errors')).text.includes('today.csv'));
    await world.settle();
    t.equal(own.shop.effects(order).length, 1);
    const listed = (await own.sftp('ls -1 /CSV/Outbound/Errors')).text;
    const name = /(\/CSV\/Outbound\/Errors\/\S+\.txt)/.exec(listed)?.[1] ?? '';
    const got = await own.sftp(`get ${name} ${own.local('error.txt')}`, `rm ${name}`);
    t.equal(got.code, 0, got.text);
    t.match(readFileSync(own.local('error.txt'), 'utf8'), /1 of 2 documents.*S-2.*row 3, column PartnerPO/s);
    t.notMatch((await own.sftp('ls -1 /CSV/Outbound/Errors')).text, '.txt');
    t.equal(
      await world.db.prisma.documentFile.count({ where: { companyId: own.shop.companyId } }),
      1,
      'a file that got no final name was never whole',
    );
  },
);

await t.test('a file counts when it has its final name', { skip }, async (t) => {
  const own = await seller(t);
  const order = await own.shop.order(shirt);
  const file = own.local('s.csv', [HEADER, csvRow(order.tiktokOrderId, 'S-1')].join('\n'));
  const put = await own.sftp(
    `put ${file} /CSV/Outbound/Shipments/s.csv.filepart`,
    'rename /CSV/Outbound/Shipments/s.csv.filepart /CSV/Outbound/Shipments/s.csv',
  );
  t.equal(put.code, 0, put.text);
  await until(
    async () =>
      (await world.db.prisma.documentFile.count({
        where: { companyId: own.shop.companyId, state: 'taken' },
      })) === 1,
  );
});

await t.test(
  'inventory goes to the shops, and what is no X12 is told in the Errors of EDI',
  { skip },
  async (t) => {
    const own = await seller(t);
    await own.setProfiles(x12Profile());
    const inventory = own.local('i.csv', 'SupplierSKU,Quantity\nSHIRT,7\n');
    const put = await own.sftp(
      `put ${inventory} /Inventory/Outbound/i.csv`,
      `put ${inventory} /EDI/Outbound/no.edi`,
    );
    t.equal(put.code, 0, put.text);
    await until(
      async () =>
        (await world.db.prisma.import.count({
          where: { companyId: own.shop.companyId, state: 'applied', via: 'sftp' },
        })) === 1,
    );
    await until(async () => (await own.sftp('ls -1 /EDI/Outbound/Errors')).text.includes('no.edi'));
  },
);

await t.test(
  'nothing leads out of the folders of a company, and names that cannot be are refused',
  { skip },
  async (t) => {
    const [own, other] = [await seller(t), await seller(t)];
    for (const each of [own, other])
      await each.setProfiles({
        name: 'csv',
        channel: 'sftp',
        format: 'csv',
        documents: ['order'],
        fileName: '{key}.csv',
      });
    const foreign = await other.shop.order(shirt);
    const file = own.local('x.csv', 'a,b\n1,2\n');
    for (const line of [
      `get /CSV/Inbound/Orders/${foreign.key}.csv ${own.local('stolen')}`,
      `get ../../../../etc/passwd ${own.local('stolen')}`,
      `rm /CSV/Inbound/Orders/${foreign.key}.csv`,
      `put ${file} /../../tmp/x.csv`,
      `put ${file} /CSV/Inbound/Orders/x.csv`,
      `put ${file} /CSV/Outbound/x.csv`,
      'mkdir /CSV/New',
      'rmdir /CSV/Inbound',
      'ln -s /etc /CSV/etc',
      'rm /CSV/Inbound',
    ])
      t.not((await own.sftp(line)).code, 0, line);
    t.notOk(existsSync(own.local('stolen')));
    t.equal((await other.shop.orderDocument(foreign)).statusCode, 100);
    t.equal((await own.sftp('ls /', 'ls ..', 'cd /CSV/../JSON', 'pwd')).code, 0);
  },
);

await t.test('a file beyond the limit is refused while it comes', { skip }, async (t) => {
  const own = await seller(t, { largestBytes: 100_000 });
  const file = own.local('big.csv', 'x'.repeat(300_000));
  t.not((await own.sftp(`put ${file} /CSV/Outbound/Shipments/big.csv`)).code, 0);
  t.equal(await world.db.prisma.documentFile.count({ where: { companyId: own.shop.companyId } }), 0);
});

await t.test('a listing of thousands is whole', { skip }, async (t) => {
  const own = await seller(t);
  await world.db.pool.query(
    `INSERT INTO deliveries (company_id, profile, channel, format, kind, file_name, state, content, bytes)
     SELECT $1, 'edi', 'sftp', 'x12', '997', '997_' || n || '.edi', 'waiting', 'x', 1 FROM generate_series(1, 10000) n`,
    [own.shop.companyId],
  );
  const started = Date.now();
  const { text } = await own.sftp('ls -1 /EDI/Inbound');
  t.equal(text.match(/997_\d+\.edi/g)?.length, 10_000);
  t.comment(`10,000 files listed in ${Date.now() - started} ms`);
});

await t.test('garbage instead of SSH, and a half-written file, harm nobody', { skip }, async (t) => {
  const own = await seller(t);
  for (const bytes of [
    randomBytes(5_000),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), randomBytes(2_000)]),
  ]) {
    const socket = connect(own.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await sleep(300);
    socket.destroy();
  }
  t.equal((await own.sftp('ls /')).code, 0);
});
