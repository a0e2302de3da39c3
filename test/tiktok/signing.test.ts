import t from 'tap';
import { parseExactJson } from '../../src/tiktok/exact-json.js';
import { signRequest, signWebhook, verifyWebhook } from '../../src/tiktok/sign.js';
import type { SignedParts } from '../../src/tiktok/sign.js';

const WEBHOOKS = '/event/202309/webhooks';
const webhookQuery = {
  app_key: '68xu9ks5p4i8',
  shop_cipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK',
  timestamp: '1696909648',
};

/** Published by TikTok ("Sign your API request") and by the test suites of public clients. */
const vectors: { name: string; parts: Omit<SignedParts, 'contentType'>; sign: string }[] = [
  {
    name: 'A: the official example',
    parts: {
      path: '/authorization/202309/shops',
      query: { app_key: '29a39d', timestamp: '1623812664' },
      appSecret: 'e59af819cc',
    },
    sign: 'b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8',
  },
  {
    name: 'B1: a shop call without a body',
    parts: { path: WEBHOOKS, query: webhookQuery, appSecret: 'e59af819cc' },
    sign: 'ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37',
  },
  {
    name: 'B2: a body',
    parts: {
      path: WEBHOOKS,
      query: webhookQuery,
      body: '{"event_type":"PACKAGE_UPDATE","address":"https://partner.tiktokshop.com"}',
      appSecret: 'e59af819cc',
    },
    sign: '701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7',
  },
  {
    name: 'B3: the same body with its keys in another order',
    parts: {
      path: WEBHOOKS,
      query: webhookQuery,
      body: '{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}',
      appSecret: 'e59af819cc',
    },
    sign: 'cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a',
  },
  {
    name: 'B4: the same body with spaces',
    parts: {
      path: WEBHOOKS,
      query: webhookQuery,
      body: '{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}',
      appSecret: 'e59af819cc',
    },
    sign: '495c39774c04ee06162f20a6bef8edae5b17676229588fe76630bb5166da37d2',
  },
  {
    name: 'C: any path and parameter',
    parts: { path: '/test-api', query: { foo: 'bar' }, appSecret: 'app_secret' },
    sign: 'd3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f',
  },
  {
    name: 'D: the retired generation, which never signed its bodies',
    parts: {
      path: '/api/orders/search',
      query: { app_key: '12abcd', shop_id: '123456', timestamp: '1600000000' },
      appSecret: '123',
    },
    sign: 'dcbce84df8e4a7bd4674dc5f1e5d88f6b029b17592b087f504df38c906552b44',
  },
];

await t.test('every published signature is reproduced', async (t) => {
  for (const { name, parts, sign } of vectors) t.equal(signRequest(parts), sign, name);
});

await t.test('bytes and text of a body sign the same', async (t) => {
  for (const { name, parts, sign } of vectors) {
    const body = parts.body && Buffer.from(parts.body);
    t.equal(signRequest({ ...parts, body }), sign, name);
  }
});

await t.test('sign and access_token are left out, whatever the order of the parameters', async (t) => {
  const query = { timestamp: '1623812664', sign: 'x', access_token: 'y', app_key: '29a39d' };
  const parts = { path: '/authorization/202309/shops', query, appSecret: 'e59af819cc' };
  t.equal(signRequest(parts), vectors[0]?.sign);
});

await t.test('the body of an upload is not signed, whatever follows its media type', async (t) => {
  const parts = { path: '/product/202309/images/upload', query: { app_key: 'k' }, appSecret: 's' };
  const withoutBody = signRequest(parts);
  for (const contentType of ['multipart/form-data', 'Multipart/Form-Data; boundary=x']) {
    t.equal(signRequest({ ...parts, body: 'bytes', contentType }), withoutBody, contentType);
  }
  t.not(signRequest({ ...parts, body: 'bytes', contentType: 'application/json' }), withoutBody);
  t.not(signRequest({ ...parts, body: 'bytes', contentType: 'text/multipart/form-data' }), withoutBody);
});

const webhook = {
  appKey: 'abcdef',
  appSecret: '123',
  body: '{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}',
};
const webhookSignature = '5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05';

await t.test('the published signature of a webhook is reproduced and accepted', async (t) => {
  t.equal(signWebhook(webhook), webhookSignature);
  t.ok(verifyWebhook({ ...webhook, signature: webhookSignature }));
  t.ok(verifyWebhook({ ...webhook, body: Buffer.from(webhook.body), signature: webhookSignature }));
});

await t.test('a webhook with any other signature is refused without an error', async (t) => {
  const wrong = [
    '',
    'short',
    webhookSignature.toUpperCase(),
    `${webhookSignature}0`,
    'é'.repeat(64),
    'x'.repeat(64),
  ];
  for (const signature of wrong) t.notOk(verifyWebhook({ ...webhook, signature }), signature);
  t.notOk(verifyWebhook({ ...webhook, body: `${webhook.body} `, signature: webhookSignature }));
});

await t.test('integers beyond 2^53 stay exact, all other JSON is untouched', async (t) => {
  const cases: [text: string, value: unknown][] = [
    ['{"id":1729582718312380123}', { id: '1729582718312380123' }],
    ['[ -1729582718312380123 ]', ['-1729582718312380123']],
    ['{"a":9007199254740991,"b":9007199254740992}', { a: 9007199254740991, b: '9007199254740992' }],
    [
      '{"n":1729582718312380123,"f":0.12345678901234567890}',
      { n: '1729582718312380123', f: 0.12345678901234568 },
    ],
    [
      '{"n":1729582718312380123,"e":12345678901234567e3}',
      { n: '1729582718312380123', e: 12345678901234567e3 },
    ],
    [
      String.raw`{"n":1729582718312380123,"s":"say \"x:1729582718312380124\" [1729582718312380125]"}`,
      { n: '1729582718312380123', s: 'say "x:1729582718312380124" [1729582718312380125]' },
    ],
    [String.raw`{"s":"back\\","n":1729582718312380123}`, { s: 'back\\', n: '1729582718312380123' }],
    ['{"t":1767225600,"b":true,"z":null,"s":"x"}', { t: 1767225600, b: true, z: null, s: 'x' }],
  ];
  for (const [text, value] of cases) t.strictSame(parseExactJson(text), value, text);
  for (let shift = 0; shift < 33; shift += 1) {
    const text = `{"${'k'.repeat(shift)}":"1729582718312380123", "n": 1729582718312380123}`;
    t.match(parseExactJson(text), { n: '1729582718312380123' }, `wherever it stands: ${shift}`);
  }
  t.throws(() => parseExactJson('<html>'), SyntaxError);
  t.throws(() => parseExactJson('{"id":1729582718312380123'), SyntaxError);
});
