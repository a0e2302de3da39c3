import t from 'tap';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { startWorld, type TestOrder } from '../shipments/world.js';
import { ackOf, acknowledging } from './world.js';

t.setTimeout(180_000);
const world = await startWorld(t);
const { control, db } = world;
const indonesia = await world.connect('ID');
const acks = acknowledging(world, indonesia);
const call = await acks.api(t);
const { partnerId } = indonesia.connection;
const ROWS = 'v3/Settings/CustomLookupTables/CancelReasons/Lookups';
const UNDELIVERABLE = 'seller_cancel_paid_reason_address_not_deliver';
const OUT_OF_STOCK = 'seller_cancel_reason_out_of_stock';

const order = () => indonesia.order([{ sku: 'TEE', quantity: 1 }]);
const cancel = ({ tiktokOrderId }: TestOrder, ChangeReason: string, number = 'A-1') =>
  call('POST', 'v3/Acknowledgements', {
    PartnerPO: tiktokOrderId,
    ...ackOf(number, [{ sku: 'TEE', cancel: 1 }], { ChangeReason }),
  });
const findingOf = ({ json }: { json: JsonObject }) =>
  (json['Body'] as { Details: { Field: string; Message: string; Next: string }[] }[])[0]!.Details[0]!;
const asked = () => control.requests().filter(({ path }) => path.endsWith('/aftersale_eligibility')).length;

await t.test('before TikTok was asked, what it documents is listed, and says so', async (t) => {
  const { json } = await call('GET', `v3/Partners/${partnerId}/CancellationReasons`);
  t.match(json, { Body: { Region: 'ID', Source: 'documents' } });
  t.notMatch(JSON.stringify(json), UNDELIVERABLE, 'South-East Asia has lost it');
});

await t.test(
  'a reason that the shop’s list does not have is refused with the reasons that it has',
  async (t) => {
    const refused = await cancel(await order(), 'Bad address');
    t.equal(refused.status, 400);
    const { Message, Next } = findingOf(refused);
    t.match(Message, /"Bad address" is no reason that TikTok takes for this order/);
    t.match(Next, new RegExp(`Out of stock;.*${OUT_OF_STOCK}`));
    t.notMatch(Next, UNDELIVERABLE);
    const { json } = await call('GET', `v3/Partners/${partnerId}/CancellationReasons`);
    t.match(json, { Body: { Source: 'TikTok', AsOf: /^20/ } });
  },
);

await t.test('the list is read once a day, and once more for a reason that is not on it', async (t) => {
  const before = asked();
  t.equal((await cancel(await order(), 'Out of stock')).status, 201);
  t.equal(asked(), before, 'from the list that is held');
  await cancel(await order(), 'Bad address');
  t.equal(asked(), before, 'a list this young is not read again');
  world.clock.advance(2 * 60_000);
  await cancel(await order(), 'Bad address');
  t.equal(asked(), before + 1);
  await world.settle();
});

await t.test('the refusal of a text offers the call that says once what it means', async (t) => {
  const first = await order();
  const refused = await cancel(first, 'Lager leer');
  const found = /POST \/api\/(\S+) (\{.*\})/.exec(findingOf(refused).Next);
  t.equal(found?.[1], ROWS);
  t.equal(
    (await call('POST', ROWS, found?.[2] ?? '')).status,
    400,
    'which reason it means is the seller’s to say',
  );
  const body = (found?.[2] ?? '').replace(/<[^>]*>/, 'Out of stock');
  t.equal((await call('POST', ROWS, body)).status, 200);
  t.equal((await cancel(first, 'LAGER LEER')).status, 201);
  await world.settle();
  t.equal(await acks.statusOf(first), 1100);
});

await t.test('a row that names a reason that TikTok does not take is told with its number', async (t) => {
  const columns = {
    Columns: [
      { Title: 'ChangeReason', Value: 'Mond voll' },
      { Title: 'TikTokReason', Value: UNDELIVERABLE },
    ],
  };
  const id = Number((await call('POST', ROWS, columns)).json['Body']);
  const refused = await cancel(await order(), 'Mond voll');
  t.equal(refused.status, 400);
  const { Message, Next } = findingOf(refused);
  t.match(
    Message,
    new RegExp(`row ${id} of your table CancelReasons says that "Mond voll" is ${UNDELIVERABLE}`),
  );
  t.match(Next, new RegExp(`PUT /api/${ROWS}/${id}`));
});

await t.test(
  'a list that has become wrong is forgotten with TikTok’s refusal, which names the reasons that there are',
  async (t) => {
    await db.prisma.cancelReasonList.updateMany({
      data: { reasons: [OUT_OF_STOCK, UNDELIVERABLE], fetchedAt: world.clock.now() },
    });
    const wrong = await order();
    const view = await acks.settled(
      wrong,
      ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Bad address' }),
    );
    t.equal(view.status, 1200);
    t.match(view.error, new RegExp(`TikTok takes for this order: ${OUT_OF_STOCK}`));
    t.notMatch(view.error, UNDELIVERABLE);
    t.equal(await db.prisma.cancelReasonList.count(), 0);
  },
);

await t.test(
  'TikTok that does not answer keeps no cancellation waiting: the documented reasons count',
  async (t) => {
    await db.prisma.cancelReasonList.deleteMany();
    control.addFault({
      match: { path: '/aftersale_eligibility' },
      kind: 'error',
      status: 502,
      times: 1,
    } as never);
    t.equal((await cancel(await order(), 'Out of stock')).status, 201);
    t.equal((await cancel(await order(), 'Bad address')).status, 400);
  },
);

await t.test(
  'codes as documented: an order that cannot be cancelled now is told from a reason that does not exist',
  async (t) => {
    control.setBehaviour({ refusalCodes: 'documented' });
    t.teardown(() => control.setBehaviour({ refusalCodes: 'telling' }));
    const gone = await order();
    const { key } = await acks.send(
      gone,
      ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' }),
    );
    control.act(gone.tiktokOrderId, { type: 'seller_ship', trackingNumber: 'JX0000000001' } as never);
    await world.settle();
    const view = await acks.view(key);
    t.equal(view.status, 1200);
    t.notMatch(view.error, /another ChangeReason/, 'no other reason would help');
  },
);

await t.test(
  'the company’s own table stands beside TikTok’s reasons, with what TikTok is told',
  async (t) => {
    const add = (...values: [string, string, string?]) =>
      call('POST', ROWS, {
        Columns: ['ChangeReason', 'TikTokReason', 'PartnerId'].flatMap((Title, at) =>
          values[at] === undefined ? [] : [{ Title, Value: values[at] }],
        ),
      });
    t.equal((await add('ERP-7', 'Out of stock')).status, 200);
    t.equal((await add('ERP-8', 'Nonsense')).status, 200);
    t.equal((await add('ERP-9', 'Nonsense')).status, 200);
    t.equal((await add('erp-9', OUT_OF_STOCK, String(partnerId))).status, 200, 'the shop’s own goes first');
    const { json } = await call('GET', `v3/Partners/${partnerId}/CancellationReasons`);
    const { OwnReasons } = json['Body'] as { OwnReasons: unknown };
    const own = (OwnReasons as { ChangeReason: string; TikTokReasons: string[] }[]).filter(
      ({ ChangeReason }) => /^erp-/i.test(ChangeReason),
    );
    t.same(
      own.map(({ ChangeReason, TikTokReasons }) => [ChangeReason, TikTokReasons]),
      [
        ['ERP-7', [OUT_OF_STOCK, 'seller_cancel_unpaid_reason_out_of_stock']],
        ['ERP-8', []],
        ['erp-9', [OUT_OF_STOCK]],
      ],
    );
    t.equal((await cancel(await order(), 'erp-7')).status, 201);
    t.equal((await cancel(await order(), 'ERP-9')).status, 201);
  },
);

await t.test('names of two orders on one document are told as what they are', async (t) => {
  const [one, two] = [await order(), await order()];
  const { Body } = (await call('GET', `v3/Orders/${two.key}`)).json as never as {
    Body: { SalesOrder: { Identifier: { LinkKey: string } } };
  };
  const { LinkKey } = Body.SalesOrder.Identifier;
  const refused = await call('POST', 'v3/Acknowledgements', {
    ...ackOf('A-1', [{ sku: 'TEE', accept: 1 }]),
    PartnerPO: one.tiktokOrderId,
    Identifier: { LinkKey },
  });
  t.equal(refused.status, 400);
  const { Field, Message, Next } = findingOf(refused);
  t.equal(Field, 'PartnerPO');
  t.match(
    Message,
    `${one.tiktokOrderId} is another order than the one named besides: Identifier.LinkKey ${LinkKey} is ${two.key}`,
  );
  t.match(Next, /one order only/);
});
