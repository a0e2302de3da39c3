import t from 'tap';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { productFlows } from '../../src/compose/product-flows.js';
import { readReceived } from '../../src/deliveries/read-received.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { readX12 } from '../../src/formats/x12-reader.js';
import { elementOf, type X12Set } from '../../src/formats/x12.js';
import type { X12Line } from '../../src/formats/x12-writer.js';
import { messageOf } from '../../src/kernel/errors.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { startReturnWorld } from '../returns/world.js';
import type { ShopWorld } from '../shipments/world.js';
import { until } from '../support/waiting.js';
import { fileWorld, x12Profile, type FileWorld } from './file-world.js';
import { answers, asn, partnerFile } from './partner-x12.js';
import { noSftp as skip, sftpSeller } from './sftp-seller.js';

t.setTimeout(240_000);
const returns = await startReturnWorld(t);
const { world } = returns;
const { db, clock, control, deps } = world;
const shirt = [{ sku: 'SHIRT', quantity: 2 }];
const EDI = { 'content-type': 'application/edi-x12' };

async function seller(x12: object = {}): Promise<FileWorld & { shop: ShopWorld }> {
  const shop = await world.connect('US');
  const own = await fileWorld(t, world, shop);
  await own.setProfiles(x12Profile({}, x12));
  return { shop, ...own };
}

/** What happens every few minutes. */
async function pullTheCancellations({ companyId, connection }: ShopWorld): Promise<void> {
  const connectionId = connection.id;
  // The orders were pulled a moment ago.
  const where = { connectionId, name: 'pull-orders' };
  await db.prisma.flow.updateMany({ where, data: { lastFinishedAt: clock.now() } });
  const name = 'pull-cancellations';
  const { flowId } = await requestRun(db.prisma, { companyId, connectionId, name, now: clock.now() });
  const handlers = new Map([
    [name, (run: Parameters<typeof pullCancellations>[1]) => pullCancellations(deps, run)],
  ]);
  await runFlow({ flows: productFlows, db, clock, log: deps.log, recordEvents, handlers }, flowId);
}

const recordsOf = ({ body }: { body: JsonObject }): JsonObject[] => body['Records'] as JsonObject[];

async function setsOf({ call }: FileWorld, kind: string): Promise<X12Set[]> {
  const sets: X12Set[] = [];
  for (const { DeliveryId, Kind, State } of recordsOf(await call('GET', 'Deliveries'))) {
    if (Kind !== kind || State !== 'waiting') continue;
    const { text } = await call('GET', `Deliveries/${String(DeliveryId)}/Content`, undefined, {
      accept: 'application/edi-x12',
    });
    sets.push(...readX12(text).flatMap(({ groups }) => groups.flatMap(({ sets: own }) => own)));
  }
  return sets;
}

const lineOf = (set: X12Set, name: string): (string | undefined)[] => {
  const segment = set.segments.find((one) => one.name === name);
  return segment ? [name, ...segment.elements.map((_, at) => elementOf(segment, at + 1))] : [];
};

for (const [cancellations, id, line] of [
  ['860', '860', ['BCH', '01', 'DS']],
  ['855', '855', ['BAK', '00', 'RD']],
] as const)
  await t.test(`a buyer's cancellation goes out as the ${id} that the profile names`, async (t) => {
    const own = await seller({ cancellations });
    const order = await own.shop.order(shirt);
    control.setClock({ advanceSeconds: 5 });
    control.act(order.tiktokOrderId, { type: 'buyer_cancel', reason: 'No longer needed', atOnce: true });
    await pullTheCancellations(own.shop);
    const sets = await setsOf(own, 'acknowledgement');
    t.match(sets, [{ id }]);
    const set = sets[0]!;
    t.same(lineOf(set, line[0]).slice(0, 3), line);
    t.ok(lineOf(set, line[0]).includes(order.tiktokOrderId), 'it names the order');
    const [item, quantity] = id === '860' ? ['POC', 3] : ['ACK', 2];
    t.equal(lineOf(set, item)[quantity], '2', 'and both pieces');
    t.equal((await own.shop.orderDocument(order)).statusCode, 1100);
  });

await t.test(
  'without a set for it a cancellation of TikTok fails loudly, and goes out once one is named',
  async (t) => {
    const own = await seller({ cancellations: 'none' });
    const order = await own.shop.order(shirt);
    control.setClock({ advanceSeconds: 5 });
    control.act(order.tiktokOrderId, { type: 'buyer_cancel', reason: 'No longer needed', atOnce: true });
    await pullTheCancellations(own.shop);
    const failed = recordsOf(await own.call('GET', 'Deliveries')).filter(
      ({ Kind }) => Kind === 'acknowledgement',
    );
    t.match(failed, [{ State: 'failed', ErrorMessage: /860 or 855/ }]);
    t.match(
      (await own.events()).filter((event) => event.startsWith('Alert The file')),
      [/860 or 855/],
    );
    await own.setProfiles(x12Profile({}, { cancellations: '855' }));
    await db.pool.query(`UPDATE deliveries SET next_at = $2 WHERE company_id = $1 AND state = 'failed'`, [
      own.shop.companyId,
      clock.now(),
    ]);
    t.match(await setsOf(own, 'acknowledgement'), [{ id: '855' }]);
  },
);

const answer180 = (returnNumber: string, po: string, code: string): X12Line[] => [
  ['BGN', '00', returnNumber, '20261130'],
  ['PRF', po],
  ['BLI', 'VN', 'TEE', '1', 'EA'],
  ['RDR', code, '', '', ''],
];

await t.test(
  'a 180 is the first answer to a return: it accepts, and confirms the goods only by a code of the profile',
  async (t) => {
    const own = await seller({ confirmsGoods: ['RG'] });
    const given = await returns.received(own.shop);
    const po = given.order.tiktokOrderId;
    t.match(await setsOf(own, 'return'), [{ id: '180' }], 'the request goes out as a 180');
    const first = await own.call(
      'POST',
      'EDI',
      partnerFile('AN', '180', [answer180(given.returnId, po, 'CR')], 11),
      EDI,
    );
    t.match(first.body['Body'], { State: 'taken', Taken: 1 }, first.text);
    await world.settle();
    t.equal((await returns.view(own.shop, given)).status, 600, 'it is answered');
    t.equal(returns.decisions(given).length, 1, 'and TikTok has heard one answer');
    t.notMatch(
      returns.decisions(given).join(),
      /received|refund/i,
      'which does not say that the goods are back',
    );
    const again = await own.call(
      'POST',
      'EDI',
      partnerFile('AN', '180', [answer180(given.returnId, po, 'CR')], 12),
      EDI,
    );
    t.match(again.body['Body'], { State: String }, again.text);
    await world.settle();
    t.equal(returns.decisions(given).length, 1, 'said once more it is no second answer');
    t.comment(returns.decisions(given).join());
    returns.act(given, 'buyer_ships_return');
    await returns.pull(own.shop);
    const back = await own.call(
      'POST',
      'EDI',
      partnerFile('AN', '180', [answer180(given.returnId, po, 'RG')], 13),
      EDI,
    );
    t.match(back.body['Body'], { State: 'taken', Taken: 1 }, back.text);
    await world.settle();
    t.equal(returns.decisions(given).length, 2);
    t.comment(returns.decisions(given).join());
  },
);

await t.test('a file that is read again after a crash is answered by the same bytes, once', async (t) => {
  const own = await seller();
  const order = await own.shop.order(shirt);
  const text = partnerFile('SH', '856', [asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456784')], 21);
  await own.call('POST', 'EDI', text, EDI);
  const [before] = await db.prisma.delivery.findMany({
    where: { companyId: own.shop.companyId, kind: '997' },
  });
  // The process has ended between the answer and the last word on the file.
  const [file] = await db.prisma.documentFile.findMany({ where: { companyId: own.shop.companyId } });
  await db.prisma.documentFile.update({
    where: { id: file!.id },
    data: { state: 'received', content: Buffer.from(text), finishedAt: null },
  });
  t.match(await readReceived(own.files, file!.id), { state: 'taken', taken: 1 });
  const after = await db.prisma.delivery.findMany({ where: { companyId: own.shop.companyId, kind: '997' } });
  t.equal(after.length, 1);
  t.same(after[0]?.content, before?.content);
  const counters = await db.prisma.x12Counter.findMany({ where: { companyId: own.shop.companyId } });
  t.same(
    counters.map(({ last }) => last),
    await db.prisma.delivery
      .findMany({ where: { companyId: own.shop.companyId, format: 'x12' } })
      .then((all) => [all.length, all.length]),
    'and no number was taken for it',
  );
  await world.settle();
  t.equal(own.shop.effects(order).length, 1);
});

await t.test(
  'an 856 that is dropped by SFTP ships once at TikTok, however often it is dropped, and its 997 waits',
  { skip },
  async (t) => {
    const own = await sftpSeller(t, world);
    await own.setProfiles(x12Profile());
    const [order, other] = [
      await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]),
      await own.shop.order([{ sku: 'SHIRT', quantity: 1 }]),
    ];
    const text = partnerFile('SH', '856', [asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456784')], 31);
    const path = own.local('asn.edi', text);
    for (const name of ['asn.edi', 'asn.edi', 'again.edi']) {
      const put = await own.sftp(`put ${path} /EDI/Outbound/${name}`);
      t.equal(put.code, 0, put.text);
    }
    const where = { companyId: own.shop.companyId };
    await until('all are read', async () => {
      const files = await db.prisma.documentFile.findMany({ where });
      return files.length === 3 && files.every(({ state }) => state !== 'received');
    });
    await world.settle();
    t.equal(own.shop.effects(order).length, 1);
    t.same(await answers(own), ['SH 31 A', 'SH 31 A', 'SH 31 A'], 'each was acknowledged');
    const states = await db.prisma.documentFile.findMany({ where, select: { state: true } });
    t.same(states.map(({ state }) => state).toSorted(), ['duplicate', 'duplicate', 'taken']);
    const changed = own.local(
      'other.edi',
      partnerFile('SH', '856', [asn(other.tiktokOrderId, 'S-2', '1Z999AA10123456785')], 31),
    );
    t.equal((await own.sftp(`put ${changed} /EDI/Outbound/other.edi`)).code, 0);
    await until(
      'it is held',
      async () => (await db.prisma.documentFile.count({ where: { ...where, state: 'held' } })) === 1,
    );
    await world.settle();
    t.equal(own.shop.effects(other).length, 0, 'the same number with another content ships nothing');
    t.equal((await own.events()).filter((event) => event.startsWith('Alert Interchange')).length, 1);
    t.match((await own.sftp('ls -1 /EDI/Outbound/Errors')).text, /other\.edi/, 'and its sender is told');
  },
);

await t.test('two readers of one file, at once or one after the other, answer and ship once', async (t) => {
  const own = await seller();
  const order = await own.shop.order(shirt);
  const text = partnerFile('SH', '856', [asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456784')], 41);
  await own.call('POST', 'EDI', text, EDI);
  const [file] = await db.prisma.documentFile.findMany({ where: { companyId: own.shop.companyId } });
  await db.prisma.documentFile.update({
    where: { id: file!.id },
    data: { state: 'received', content: Buffer.from(text), finishedAt: null },
  });
  const both = await Promise.all(
    [1, 2].map(() => readReceived(own.files, file!.id).catch((error: unknown) => messageOf(error))),
  );
  t.comment(JSON.stringify(both));
  await world.settle();
  t.same(await answers(own), ['SH 41 A']);
  t.equal(own.shop.effects(order).length, 1);
});
