import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { revokeApiKey } from '../../src/companies/api-key-store.js';
import { AppError } from '../../src/kernel/errors.js';
import { defaultRateLimits } from '../../src/http/rate-limit.js';
import { createOrderDocuments } from '../support/builders.js';
import { nothingToExplain, testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

function signal(): { fired: Promise<void>; fire: () => void } {
  let fire!: () => void;
  const fired = new Promise<void>((resolve) => (fire = resolve));
  return { fired, fire };
}

await t.test('without a valid key every call is a 401, whatever it asks for', async (t) => {
  let now = new Date('2026-11-01T10:00:00Z');
  const { app, key, seller } = await testApi(t, db, { clock: { now: () => now } });
  for (const url of ['/api/v3/Orders', '/api/v1/Orders/1', '/api/v3/Orders?page=x', '/api/v2/Statuses']) {
    for (const headers of [
      {},
      { subscriptionkey: 'wrong' },
      { subscriptionkey: '' },
      { subscriptionkey: 'x'.repeat(300) },
    ]) {
      const answer = await app.inject({ url, headers });
      t.equal(answer.statusCode, 401, url);
      t.match(answer.json(), { Code: '401', Message: String, Body: [{ Errors: [/^subscription-key: /] }] });
    }
  }
  for (const headers of [{ SubscriptionKey: key }, { 'Subscription-Key': key }]) {
    t.equal((await app.inject({ url: '/api/v3/Orders', headers })).statusCode, 200);
  }
  t.equal((await app.inject(`/api/v3/Orders?SUBSCRIPTION-KEY=${key}`)).statusCode, 200);
  await revokeApiKey(db.prisma, { companyId: seller.companyId, slot: 'primary', now });
  now = new Date('2026-11-01T10:00:01Z');
  t.equal(
    (await app.inject(`/api/v3/Orders?subscription-key=${key}`)).statusCode,
    401,
    'a revoked key ends within a second',
  );
});

await t.test('a store that cannot be asked for keys lets nobody in', async (t) => {
  const { call } = await testApi(t, db, {
    findCaller: async () => {
      throw new Error('connection refused');
    },
  });
  const answer = await call('GET', '/api/v3/Orders');
  t.equal(answer.statusCode, 503);
  t.ok(Number(answer.headers['retry-after']) > 0);
  t.notMatch(answer.body, 'refused');
});

await t.test('the key is in no log line, no error and no header', async (t) => {
  const { app, key, log, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  for (const path of [`Orders/${order!.key}`, 'Orders?page=x', 'Nothing', 'Orders/%ZZ']) {
    const join = path.includes('?') ? '&' : '?';
    const answer = await app.inject(`/api/v3/${path}${join}subscription-key=${key}`);
    t.notMatch(JSON.stringify([answer.body, answer.headers]), key);
    t.equal(answer.headers['x-content-type-options'] ?? 'nosniff', 'nosniff');
  }
  t.notMatch(JSON.stringify(log.lines), key);
  t.match(log.lines[0]?.facts, {
    method: 'GET',
    route: '/api/v3/Orders/:LogicbrokerKey',
    path: `/api/v3/Orders/${order!.key}`,
    status: 200,
    companyId: seller.companyId,
    requestId: String,
  });
  const answer = await app.inject(`/api/v3/Orders?subscription-key=${key}`);
  t.match(answer.headers, { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
});

await t.test('a sane request id is echoed, any other replaced', async (t) => {
  const { call } = await testApi(t, db);
  const idOf = async (id: string) =>
    (await call('GET', '/api/v3/Statuses', { headers: { 'x-request-id': id } })).headers['x-request-id'];
  t.equal(await idOf('erp-42'), 'erp-42');
  t.match(await idOf('<script>'), /^[\w-]{36}$/);
  t.match(await idOf('x'.repeat(65)), /^[\w-]{36}$/);
});

await t.test(
  'what is not there answers in the envelope, and a wrong method names the right ones',
  async (t) => {
    const { call } = await testApi(t, db);
    t.match((await call('GET', '/nowhere')).json(), { Code: '404', Body: [{ Reason: 'not-found' }] });
    const create = await call('POST', '/api/v3/orders', { payload: { OrderLines: [] } });
    t.match(create, { statusCode: 405, headers: { allow: 'GET' } });
    t.match(create.json().Message, /come from TikTok Shop/);
    t.match(await call('DELETE', '/api/v2/Shipments/5/'), {
      statusCode: 405,
      headers: { allow: 'GET, PUT' },
    });
    for (const path of ['Orders/5/Invoices', 'Invoices', 'Invoices/5', 'Invoices/5/Status/Complete'])
      t.match((await call('GET', `/api/v3/${path}`)).json(), { Code: '404', Message: /no invoices/ }, path);
    t.match((await call('GET', '/api/v3/Orders/%ZZ')).json(), { Code: '400' });
  },
);

await t.test('a body that cannot be read is refused with the reason and the position', async (t) => {
  const { call } = await testApi(t, db, { settings: { version: '0', bodyLimitBytes: 5_000 } });
  const put = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    call('PUT', '/api/v3/Orders/Status', {
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const cases: [payload: string | Buffer, status: number, text: RegExp][] = [
    ['{"Status": }', 400, /this is not JSON \(at position 11\)/],
    ['{"Status":"200"', 400, /at position 15/],
    ['{"Status":"1","Status":"2"}', 400, /named twice/],
    ['', 400, /must be an object/],
    ['null', 400, /must be an object/],
    ['{"__proto__":{"a":1}}', 400, /__proto__/],
    [String.raw`{"Status":"\u0000"}`, 400, /^Status: has a character/],
    [String.raw`{"Status":"\ud800"}`, 400, /^Status: has a character/],
    ['['.repeat(2_000) + ']'.repeat(2_000), 400, /nested deeper/],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, /not UTF-8/],
    [`{"Status":"${'x'.repeat(6_000)}"}`, 413, /larger/],
  ];
  for (const [payload, status, text] of cases) {
    const answer = await put(payload);
    t.equal(answer.statusCode, status, String(text));
    t.match(answer.json().Body[0].Errors[0], text);
  }
  t.equal((await put('<a/>', { 'content-type': 'application/xml' })).statusCode, 415);
  t.equal((await put('{}', { 'content-encoding': 'gzip' })).statusCode, 415);
  const bom = await put('\uFEFF{"Status":"200","LogicbrokerKeys":[]}', {
    'content-type': 'text/json; charset=utf-8',
  });
  t.equal(bom.statusCode, 200);
});

await t.test('answers come as JSON, or not at all', async (t) => {
  const { call } = await testApi(t, db);
  const asking = async (accept: string) =>
    (await call('GET', '/api/v3/Statuses', { headers: { accept } })).statusCode;
  t.equal(await asking('application/xml'), 406);
  t.equal(await asking('text/html, application/xhtml+xml, */*;q=0.8'), 200);
  t.equal(await asking('application/json, text/plain, */*'), 200);
  t.equal(await asking('text/json'), 200);
});

await t.test('an error of ours shows an id that is also in the log, and nothing else', async (t) => {
  const { call, log } = await testApi(t, db, {
    explainOrder: async () => {
      throw new Error('secret detail');
    },
  });
  const answer = await call('GET', '/api/v3/Orders/1/Explain');
  t.equal(answer.statusCode, 500);
  t.notMatch(answer.body, 'secret');
  const [, errorId] = /Error id: ([\w-]{36})/.exec(answer.json().Message) ?? [];
  t.match(log.lines.find(({ level }) => level === 'error')?.facts, { errorId, requestId: String });
});

await t.test('a store that fails in the middle of a call is a 503, not a mistake of ours', async (t) => {
  const ends: (() => Promise<never>)[] = [
    async () => {
      await db.prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
      throw new Error('still connected');
    },
    async () => {
      await db.pool.query('SELECT pg_terminate_backend(pg_backend_pid())');
      throw new Error('still connected');
    },
    async () => {
      const client = await db.pool.connect();
      client.on('error', () => undefined);
      try {
        await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
        await client.query('SELECT 1');
      } finally {
        client.release(true);
      }
      throw new Error('still connected');
    },
    () =>
      db.prisma.$transaction(
        async (tx) => {
          await tx.$queryRaw`SELECT pg_sleep(0.05)::text`;
          await tx.$queryRaw`SELECT 1`;
          throw new Error('still open');
        },
        { timeout: 10 },
      ),
  ];
  for (const explainOrder of ends) {
    const { call } = await testApi(t, db, { explainOrder });
    const answer = await call('GET', '/api/v3/Orders/1/Explain');
    t.equal(answer.statusCode, 503, answer.body);
    t.ok(Number(answer.headers['retry-after']) > 0);
  }
});

await t.test('nothing is read of a body that goes nowhere', async (t) => {
  const { app } = await testApi(t, db);
  for (const url of ['/nowhere', '/api/v3/Nowhere']) {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url, headers, payload: '{"not": json' });
    t.equal(answer.statusCode, 404, url);
    t.match(answer.headers, { 'x-request-id': String, 'x-content-type-options': 'nosniff' });
  }
});

await t.test('more calls than allowed are told when to come back, key by key', async (t) => {
  let now = new Date('2026-11-01T10:00:00Z');
  const clock = { now: () => now };
  const rateLimits = { ...defaultRateLimits, search: { perSecond: 0.5, burst: 2 } };
  const { call, app } = await testApi(t, db, { clock, settings: { version: '0', rateLimits } });
  const other = await testApi(t, db);
  const search = () => call('GET', '/api/v3/Orders');
  t.same([(await search()).statusCode, (await search()).statusCode], [200, 200]);
  const refused = await search();
  t.match(refused, { statusCode: 429, headers: { 'retry-after': '2' } });
  t.match(refused.json(), { Code: '429', Body: [{ Reason: 'too-many-requests' }] });
  t.equal((await call('GET', '/api/v3/Statuses')).statusCode, 200, 'other calls go on');
  const theirs = await app.inject({ url: '/api/v3/Orders', headers: { subscriptionkey: other.key } });
  t.equal(theirs.statusCode, 200, 'other keys go on');
  now = new Date('2026-11-01T10:00:02Z');
  t.equal((await search()).statusCode, 200);
});

await t.test('an Idempotency-Key gives the first answer again, and its effect once', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  const url = `/api/v3/Orders/${order!.key}/Shipments`;
  const post = (key: string, number: string, path = url) =>
    call('POST', path, {
      payload: { ShipmentNumber: number, ShipmentLines: [] },
      headers: { 'idempotency-key': key },
    });
  const first = await post('k1', 'S-1');
  const again = await post('k1', 'S-1');
  t.equal(again.statusCode, 201);
  t.equal(again.body, first.body);
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.equal((await call('GET', url)).json().Body.Shipments.length, 1);
  t.equal((await post('k1', 'S-2')).statusCode, 422, 'another body');
  t.equal((await post('k1', 'S-1', '/api/v3/Shipments')).statusCode, 422, 'another call');
  const failed = await post('k2', 'S-1');
  t.equal(failed.statusCode, 500, 'the stand-in for the rules does not know repeats');
  t.equal((await post('k2', 'S-1')).body, failed.body, 'errors are given again too');
  const invalid = { payload: { ShipmentLines: 'x' }, headers: { 'idempotency-key': 'k3' } };
  t.equal((await call('POST', url, invalid)).statusCode, 400);
  t.equal((await post('k3', 'S-3')).statusCode, 201, 'a call that never began leaves its key free');
  t.equal((await post('x'.repeat(256), 'S-4')).statusCode, 400);
  const other = await testApi(t, db);
  t.equal(
    (await other.call('POST', url, { payload: { ShipmentLines: [] }, headers: { 'idempotency-key': 'k1' } }))
      .statusCode,
    404,
  );
});

await t.test('a twin of a call under way is told to wait, and a crash frees the key', async (t) => {
  let now = new Date('2026-11-01T10:00:00Z');
  const started = signal();
  const held = signal();
  let calls = 0;
  const { call, seller } = await testApi(t, db, {
    clock: { now: () => now },
    shipments: {
      create: async () => {
        calls++;
        started.fire();
        if (calls === 1) await held.fired;
        if (calls === 3) throw new AppError('tiktok-unavailable', 'Not now.', { retryAfterMs: 3_000 });
        return { key: 4000 + calls, created: true };
      },
      updateDraft: async () => undefined,
      explain: nothingToExplain,
      movedByHand: async () => [],
    },
  });
  const post = (key: string) =>
    call('POST', '/api/v3/Shipments', {
      payload: { ShipmentLines: [] },
      headers: { 'idempotency-key': key },
    });
  const first = post('twin');
  await started.fired;
  t.match(await post('twin'), { statusCode: 409, headers: { 'retry-after': '1' } });
  now = new Date('2026-11-01T10:02:00Z');
  t.equal((await post('twin')).statusCode, 201, 'the first holder is taken for dead');
  held.fire();
  await first;
  t.equal((await post('twin')).json().Body.LogicbrokerKey, '4002', 'who took over is remembered');
  t.match(await post('later'), { statusCode: 503, headers: { 'retry-after': '3' } });
  t.equal((await post('later')).statusCode, 201, 'an answer to come back is not kept');
  now = new Date('2026-11-02T12:00:00Z');
  t.equal((await post('twin')).json().Body.LogicbrokerKey, '4005', 'a day later the key is free');
  t.equal(await db.prisma.idempotencyKey.count({ where: { companyId: seller.companyId } }), 2);
});

await t.test('the description is where generators of Logicbroker clients look for it', async (t) => {
  const { app } = await testApi(t, db);
  const moved = await app.inject('/swagger/docs/v3');
  t.match(moved, { statusCode: 302, headers: { location: '/docs/json' } });
  t.match((await app.inject('/docs/json')).json(), { openapi: '3.1.0', info: { title: String } });
  t.match(await app.inject('/swagger/ui/index'), { statusCode: 302, headers: { location: '/docs' } });
});

await t.test('health answers without a key, and tells when the service is not ready', async (t) => {
  let ok = true;
  const { app } = await testApi(t, db, {
    readiness: async () => [{ name: 'queue', ok, detail: 'asked' }],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
  });
  t.equal((await app.inject('/health/live')).statusCode, 200);
  t.match((await app.inject('/health/ready')).json(), {
    status: 'ready',
    checks: [{ name: 'queue', ok: true }],
  });
  ok = false;
  t.match(await app.inject('/health/ready'), { statusCode: 503 });
  t.match(await app.inject('/metrics'), { statusCode: 200, body: 'up 1\n' });
  t.match(await app.inject('/docs/json'), { statusCode: 200 });
  t.match(await app.inject('/docs'), { statusCode: /200|302/ });
});

await t.test(
  'over a real socket a list comes with its length, and nonsense is answered in the envelope',
  async (t) => {
    const { app, key, seller } = await testApi(t, db);
    await createOrderDocuments(db, seller, 2, () => ({ partnerPo: 'PO-é-😀' }));
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v3/Orders`, {
      headers: { SubscriptionKey: key },
    });
    const bytes = await answer.arrayBuffer();
    t.equal(Number(answer.headers.get('content-length')), bytes.byteLength);
    t.match(JSON.parse(Buffer.from(bytes).toString('utf8')), { Records: [{ PartnerPO: 'PO-é-😀' }, {}] });
    const raw = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    t.match(raw, /^HTTP\/1\.1 400/);
    t.match(raw, '"Code":"400"');
  },
);

await t.test('a body that does not arrive is given up in time, a file is waited for', async (t) => {
  const { app, key, seller } = await testApi(t, db, { settings: { version: '0', bodyTimeoutMs: 300 } });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const begin = (path: string, type: string, length: number, start: string) => {
    const socket = connect(Number(port), '127.0.0.1');
    t.teardown(() => socket.destroy());
    socket.write(
      `POST /api/v3/${path} HTTP/1.1\r\nHost: x\r\nSubscriptionKey: ${key}\r\nConnection: close\r\n` +
        `Content-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${start}`,
    );
    return { socket, answer: text(socket) };
  };
  const feed = 'SupplierSKU,Quantity\nA,1\n';
  const file = begin(`Inventory/${seller.partnerId}`, 'text/csv', feed.length, feed.slice(0, 12));
  const stuck = await begin('Shipments', 'application/json', 100, '{"ShipmentNumber":').answer;
  t.match(stuck, /^HTTP\/1\.1 408 [^]*"Message":"The request did not arrive in time\."/);
  // Begun before the body that was given up, and still good.
  file.socket.write(feed.slice(12));
  t.match(await file.answer, /^HTTP\/1\.1 200 [^]*was taken in/);
  const whole = await begin('Shipments', 'application/json', 2, '{}').answer;
  t.match(whole, /^HTTP\/1\.1 400 [^]*"Code":"400"/, 'what arrives is answered for what it says');
});

await t.test('who sends nonsense and does not hang up is hung up on', async (t) => {
  const { app } = await testApi(t, db);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  socket.resume().write('GARBAGE\r\n\r\n');
  await once(socket, 'end');
  const open = () =>
    new Promise<number>((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  for (const deadline = Date.now() + 10_000; (await open()) > 0 && Date.now() < deadline;) await pause(50);
  t.equal(await open(), 0);
});
