import t from 'tap';
import type { X12Line } from '../../src/formats/x12-writer.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { startWorld } from '../shipments/world.js';
import { fileWorld, THEIRS, x12Profile } from './file-world.js';
import { answers, asn, partnerFile } from './partner-x12.js';

t.setTimeout(240_000);
const world = await startWorld(t);
const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const EDI = { 'content-type': 'application/edi-x12' };

async function seller(x12: object = {}) {
  const shop = await world.connect('US');
  const own = await fileWorld(t, world, shop);
  await own.setProfiles(x12Profile({}, x12));
  return { shop, ...own };
}

const bodyOf = ({ body }: { body: JsonObject }) => body['Body'] as JsonObject;

await t.test('an 856 ships, an 855 accepts, and each group is answered by a 997', async (t) => {
  const own = await seller();
  const order = await own.shop.order(shirt);
  const po = order.tiktokOrderId;
  const ack: X12Line[] = [
    ['BAK', '00', 'AD', po, '20261130', '', '', '', 'ACK-1', '20261130'],
    ['PO1', '1', '1', 'EA', '', '', 'VN', 'SHIRT'],
    ['ACK', 'IA', '1', 'EA'],
    ['CTT', '1'],
  ];
  const accepted = await own.call('POST', 'EDI', partnerFile('PR', '855', [ack], 1), EDI);
  t.match(bodyOf(accepted), { State: 'taken', Taken: 1, Type: 'X12' }, accepted.text);
  t.equal((await own.shop.orderDocument(order)).statusCode, 500);
  const shipped = await own.call(
    'POST',
    'EDI',
    partnerFile('SH', '856', [asn(po, 'S-1', '1Z999AA10123456784')], 2),
    EDI,
  );
  t.match(bodyOf(shipped), { State: 'taken', Taken: 1 }, shipped.text);
  await world.settle();
  t.equal(own.shop.effects(order).length, 1);
  t.same(await answers(own), ['PR 1 A', 'SH 2 A']);
});

await t.test(
  'the same interchange again is acknowledged and not applied; another content is held with an Alert',
  async (t) => {
    const own = await seller();
    const [first, second] = [await own.shop.order(shirt), await own.shop.order(shirt)];
    const text = partnerFile('SH', '856', [asn(first.tiktokOrderId, 'S-1', '1Z999AA10123456785')], 7);
    await own.call('POST', 'EDI', text, EDI);
    const again = await own.call('POST', 'EDI', text.replaceAll('~', '~\r\n'), EDI);
    t.match(bodyOf(again), { State: 'duplicate', Documents: 0 });
    t.same(await answers(own), ['SH 7 A', 'SH 7 A']);
    const other = partnerFile('SH', '856', [asn(second.tiktokOrderId, 'S-2', '1Z999AA10123456786')], 7);
    const held = await own.call('POST', 'EDI', other, EDI);
    t.match(bodyOf(held), { State: 'held', Reason: /000000007 came before with another content/ });
    await world.settle();
    t.equal(own.shop.effects(second).length, 0);
    t.equal((await answers(own)).length, 2, 'nobody acknowledges it');
    t.equal((await own.events()).filter((line) => line.startsWith('Alert Interchange 000000007')).length, 1);
  },
);

await t.test(
  'a set that is rejected has no effect, its neighbours have, and business errors are no matter of the 997',
  async (t) => {
    const own = await seller();
    const order = await own.shop.order(shirt);
    const bad = asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456787').map((line): X12Line =>
      line[0] === 'BSN' ? ['BSN', '00', 'S-1', '2026', '1005'] : line,
    );
    const unknown = asn('000', 'S-2', '1Z999AA10123456788');
    const good = asn(order.tiktokOrderId, 'S-3', '1Z999AA10123456789');
    const answer = await own.call('POST', 'EDI', partnerFile('SH', '856', [bad, unknown, good], 3), EDI);
    t.match(bodyOf(answer), { State: 'partly-taken', Taken: 1, Refused: 2 }, answer.text);
    const errors = await own.call('GET', `Imports/${String(bodyOf(answer)['ImportId'])}/Errors`);
    t.match(errors.text, /segment 2 \(BSN\), element 3.*AK403 8/);
    t.match(errors.text, /segment 7 \(PRF\)/);
    t.same(await answers(own), ['SH 3 P']);
  },
);

await t.test(
  'an 846 is an inventory feed, and a 180 the first answer to a return that is not there',
  async (t) => {
    const own = await seller();
    const inventory: X12Line[] = [
      ['BIA', '00', 'SI', 'INV-1', '20261130', '1005'],
      ['LIN', '1', 'VN', 'SHIRT'],
      ['QTY', '33', '25', 'EA'],
      ['CTT', '1'],
    ];
    const taken = await own.call('POST', 'EDI', partnerFile('IB', '846', [inventory], 4), EDI);
    t.match(bodyOf(taken), { State: 'taken' }, taken.text);
    const feed = await world.db.prisma.import.findFirst({ where: { companyId: own.shop.companyId } });
    t.match(feed, { kind: 'feed', state: 'applied', counts: { rows: 1 } });
    const back: X12Line[] = [
      ['BGN', '00', '4035228871802065472', '20261130'],
      ['PRF', '576461413038785752'],
      ['BLI', 'VN', 'SHIRT', '1', 'EA'],
      ['RDR', 'CR', '', '', 'WRONG'],
    ];
    const refused = await own.call('POST', 'EDI', partnerFile('AN', '180', [back], 5), EDI);
    t.match(bodyOf(refused), { State: 'refused', Refused: 1 });
  },
);

await t.test('a 997 acknowledges what we have sent, or rejects it with an Alert', async (t) => {
  const own = await seller();
  await own.shop.order(shirt);
  await own.shop.order(shirt);
  await own.call('GET', 'Deliveries');
  const receipt = (control: number, result: string): X12Line[] => [
    ['AK1', 'PO', String(control)],
    ['AK2', '850', '0001'],
    ...(result === 'R' ? [['AK3', 'BEG', '2', '', '8'] as const] : []),
    ['AK5', result],
    ['AK9', result, '1', '1', result === 'R' ? '0' : '1'],
  ];
  await own.call('POST', 'EDI', partnerFile('FA', '997', [receipt(1, 'A')], 1), EDI);
  await own.call('POST', 'EDI', partnerFile('FA', '997', [receipt(2, 'R')], 2), EDI);
  const list = (await own.call('GET', 'Deliveries')).body['Records'] as JsonObject[];
  t.same(
    list.map(({ State, GroupControl }) => `${String(GroupControl)} ${String(State)}`),
    ['1 acknowledged', '2 rejected'],
  );
  t.match(
    (await own.events()).filter((line) => line.startsWith('Alert The partner')),
    [/interchange 2.*segment 2 \(BEG\)/],
  );
  t.same(await answers(own), [], 'nobody acknowledges an acknowledgement');
});

await t.test(
  'X12 from somebody whom no profile names, or that breaks off, changes nothing and says so',
  async (t) => {
    const own = await seller();
    const order = await own.shop.order(shirt);
    const good = partnerFile('SH', '856', [asn(order.tiktokOrderId, 'S-1', '1Z999AA10123456790')], 9);
    for (const text of [
      good.replace(THEIRS.id, '9999999999'),
      good.slice(0, -40),
      'ISA*',
      `${good}ISA`,
      'hello',
    ]) {
      const answer = await own.call('POST', 'EDI', text, EDI);
      t.match(bodyOf(answer), { State: 'refused', Taken: 0, Reason: String }, text.slice(-60));
    }
    t.match(bodyOf(await own.call('POST', 'EDI', good, EDI)), { State: 'taken' }, 'and the number is free');
  },
);

await t.test('a cancellation that no set is named for fails loudly', async (t) => {
  const own = await seller({ cancellations: 'none' });
  const order = await own.shop.order(shirt);
  await world.db.pool.query(
    `INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, partner_po, reference, parent_key,
       sender_company_id, receiver_company_id, document_date, body, renderer_version, updated_at)
     SELECT nextval('document_key_seq'), company_id, connection_id, 'acknowledgement', 100, link_key, partner_po, 'CAN-1', key,
       sender_company_id, receiver_company_id, now(), '{"StatusCode":100,"PartnerPO":"' || partner_po || '","Type":2,"AckLines":[]}', 1, now()
     FROM documents WHERE key = $1`,
    [order.key],
  );
  const list = (await own.call('GET', 'Deliveries')).body['Records'] as JsonObject[];
  t.match(
    list.find(({ Kind }) => Kind === 'acknowledgement'),
    { State: 'failed', ErrorMessage: /cancellations/ },
  );
  t.match(
    (await own.events()).filter((line) => line.startsWith('Alert The file')),
    [/860 or 855/],
  );
});
