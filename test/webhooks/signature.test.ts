import t from 'tap';
import { readWebhook } from '../../src/tiktok/webhook-message.js';
import { isSignedBy } from '../../src/tiktok/webhook-signature.js';

/** TikTok: TTS webhooks overview. */
const app = { appKey: 'abcdef', appSecret: '123' };
const body = Buffer.from(
  '{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}',
);
const header = '5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05';

await t.test('the signature that TikTok has published fits its body, and nothing else does', (t) => {
  t.ok(isSignedBy(app, { header, body }));
  const longer = Buffer.concat([body, Buffer.from(' ')]);
  const wrong = [
    { header, body: longer },
    { header, body: Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1)) },
    { header: header.toUpperCase(), body },
    { header: header.slice(1), body },
    { header: `${header.slice(0, -1)}4`, body },
    { header: '', body },
    { header, body: Buffer.alloc(0) },
  ];
  for (const one of wrong) t.notOk(isSignedBy(app, one));
  t.notOk(isSignedBy({ ...app, appSecret: '124' }, { header, body }));
  t.notOk(isSignedBy({ ...app, appKey: 'abcdeg' }, { header, body }));
  t.end();
});

await t.test('every type says what it is about, ids with all of their digits', (t) => {
  const about = (type: number, data: string) =>
    readWebhook(
      `{"type":${type},"tts_notification_id":"1","shop_id":"7495540735365777507","data":${data}}`,
    )?.subjects.map(({ kind, id }) => `${kind} ${id}`);
  const order = '"order_id":"576653688135258178"';
  t.same(readWebhook(body.toString()), {
    type: 1,
    shopId: '7495540735365777507',
    subjects: [{ kind: 'order', id: '576653688135258178' }],
  });
  t.same(about(3, `{${order}}`), ['order 576653688135258178']);
  t.same(
    about(4, '{"package_list":[{"package_id":"1","order_id_list":["11","12"]},{"order_id_list":["12"]}]}'),
    ['order 11', 'order 12'],
  );
  for (const type of [5, 16, 37])
    t.same(about(type, '{"product_id":1729592969712207013}'), ['product 1729592969712207013']);
  for (const type of [15, 18, 27])
    t.same(about(type, '{"product_id":"1729592969712207013"}'), ['product 1729592969712207013']);
  for (const type of [6, 7]) t.same(about(type, '{"message":"gone"}'), ['authorization ']);
  t.same(about(11, `{${order},"cancel_id":"4035312345678901234"}`), [
    'cancellation 4035312345678901234',
    'order 576653688135258178',
  ]);
  t.same(about(12, `{${order},"return_id":4035312345678901235}`), [
    'return 4035312345678901235',
    'order 576653688135258178',
  ]);
  t.same(about(36, '{"order_ids":["11"]}'), ['order 11']);
  t.same(
    about(4711, '{"sku_id":1729592969712207014,"product_id":1729592969712207013}'),
    ['product 1729592969712207013'],
    'a change of stock, whatever its number',
  );
  for (const type of [13, 14, 33, 4712]) t.same(about(type, `{${order}}`), [], 'of no interest');
  t.end();
});

await t.test('what is no message of TikTok’s says nothing', (t) => {
  for (const text of [
    '',
    'null',
    '[]',
    '{',
    '{"type":1}',
    '{"type":"x","shop_id":"1","data":{}}',
    '{"type":1,"shop_id":"1; DROP TABLE orders","data":{"order_id":"1"}}',
    '{"type":1,"shop_id":{},"data":{"order_id":"1"}}',
  ])
    t.equal(readWebhook(text), null, text);
  const orderId = (text: string) =>
    readWebhook(`{"type":1,"shop_id":"1","data":{"order_id":${text}}}`)?.subjects;
  for (const bad of ['null', '"1 OR 1=1"', '"-1"', '1.5', '1e30', '{}', `"${'9'.repeat(31)}"`])
    t.same(orderId(bad), [], bad);
  const many = Array.from({ length: 5_000 }, (_, nth) => `"${nth + 1}"`).join(',');
  const read = readWebhook(`{"type":36,"shop_id":"1","data":{"order_ids":[${many}]}}`);
  t.equal(read?.subjects.length, 200, 'a long list is cut');
  t.end();
});
