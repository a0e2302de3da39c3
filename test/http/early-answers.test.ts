import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { createConnectionGuard, admit } from '../../src/http/connection-guard.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const FEED = 'SupplierSKU,Quantity\nA,1\n';

interface Wire {
  socket: Socket;
  /** Everything that came so far. */
  text(): string;
  /** Waits until what came matches, or the other side has ended. */
  until(pattern: RegExp): Promise<string>;
  ended: Promise<unknown>;
}

async function wireTo({ app }: TestApi) {
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  return function open(): Wire {
    const socket = connect(Number(port), '127.0.0.1');
    t.teardown(() => socket.destroy());
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (text += chunk.toString()));
    const ended = once(socket, 'close');
    return {
      socket,
      text: () => text,
      ended,
      async until(pattern) {
        while (!pattern.test(text) && !socket.closed) await pause(5);
        return text;
      },
    };
  };
}

interface Head {
  path: string;
  type?: string;
  length: number | 'chunked';
  key?: string;
  more?: string;
}

function head({ path, type = 'application/json', length, key, more = '' }: Head): string {
  const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  const who = key === undefined ? '' : `SubscriptionKey: ${key}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${who}${more}Content-Type: ${type}\r\n${size}\r\n\r\n`;
}

const NEXT = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
const form = (name: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="f.csv"\r\n\r\n${content}`;

await t.test(
  'an answer before the end of the body ends the connection, and is read by its caller',
  async (t) => {
    const api = await testApi(t, db, { uploadLimitBytes: 2_000_000 });
    const open = await wireTo(api);
    const { key, seller } = api;
    const feedPath = `/api/v3/Inventory/${seller.partnerId}`;
    const large = 50_000_000;
    const multipart = 'multipart/form-data; boundary=b';
    const cases: [status: number, head: string, start: string][] = [
      [401, head({ path: '/api/v3/Shipments', length: large }), '{"a":"'],
      [401, head({ path: feedPath, type: 'text/csv', length: 'chunked' }), '5\r\nhello\r\n'],
      [404, head({ path: '/nowhere', length: large }), '{"a":"'],
      [404, head({ path: '/api/v3/nowhere', length: 'chunked', key }), '5\r\nhello\r\n'],
      [400, head({ path: '/api/v3/Orders/%ZZ', length: large, key }), '{"a":"'],
      [406, head({ path: '/api/v3/Shipments', length: large, key, more: 'Accept: image/png\r\n' }), '{"a":"'],
      [413, head({ path: '/api/v3/Shipments', length: large, key }), '{"a":"'],
      [413, head({ path: feedPath, type: 'text/csv', length: large, key }), FEED],
      [
        413,
        head({ path: feedPath, type: 'text/csv', length: 'chunked', key }),
        `3d0900\r\n${'x'.repeat(2_100_000)}`,
      ],
      [413, head({ path: feedPath, type: multipart, length: large, key }), form('file', FEED)],
      [
        413,
        head({ path: feedPath, type: multipart, length: 'chunked', key }),
        `3d0900\r\n${form('file', 'x'.repeat(2_100_000))}`,
      ],
    ];
    const tryOne = async ([status, request, start]: (typeof cases)[number]): Promise<void> => {
      const wire = open();
      wire.socket.write(request + start);
      // The client sends on, as most do, and would see no answer on a connection that was reset.
      const text = await wire.until(/\r\n\r\n/);
      const name = `${status} ${request.slice(0, 60)}`;
      t.match(text, new RegExp(`^HTTP/1\\.1 ${status} `), name);
      t.match(text, /\r\nConnection: close\r\n/i, name);
      wire.socket.write('x'.repeat(100_000));
      wire.socket.write(NEXT);
      await wire.ended;
      t.equal(wire.text().match(/HTTP\/1\.1/g)?.length, 1, 'nothing more is answered there');
    };
    await Promise.all(cases.map(tryOne));
  },
);

await t.test('a small body that was not wanted is read away, and the next request is answered', async (t) => {
  const api = await testApi(t, db);
  const open = await wireTo(api);
  const wire = open();
  wire.socket.write(head({ path: '/api/v3/Shipments', length: 40_000 }) + '{"a":"');
  const first = await wire.until(/\r\n\r\n/);
  t.match(first, /^HTTP\/1\.1 401 /);
  t.notMatch(first, /Connection: close/i);
  wire.socket.write('x'.repeat(40_000 - 6) + NEXT);
  t.match(await wire.until(/"live"/), /HTTP\/1\.1 200 [^]*"live"/);
  const slow = open();
  slow.socket.write(head({ path: '/api/v3/Shipments', length: 40_000 }) + '{"a":"');
  await slow.ended;
  t.match(slow.text(), /^HTTP\/1\.1 401 /, 'who never sends the rest is hung up on within seconds');
});

await t.test('connections of strangers are few from one range, and the oldest goes first', async (t) => {
  const isProxy = (address: string | undefined) => address === '10.0.0.1';
  const accept = createConnectionGuard({ isProxy, mostFromRange: 2, mostStrangers: 4 });
  const gone: string[] = [];
  const socketFrom = (remoteAddress: string, name: string): Socket => {
    const socket = new Socket();
    Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
    socket.on('error', () => undefined).once('close', () => gone.push(name));
    t.teardown(() => socket.destroy());
    accept(socket);
    return socket;
  };
  const closed = async () => {
    await pause(20);
    return gone.splice(0);
  };
  const owner = socketFrom('2001:db8:1:1::1', 'owner');
  admit(owner);
  for (const name of ['a1', 'a2', 'a3']) socketFrom(`2001:db8:1:1::${name}`, name);
  t.same(await closed(), ['a1'], 'the oldest of the range, but nobody who showed a key');
  for (let i = 0; i < 10; i++) socketFrom('10.0.0.1', 'proxy');
  t.same(await closed(), [], 'a proxy has no such limit');
  socketFrom('203.0.113.1', 'b1');
  socketFrom('203.0.113.2', 'c1');
  socketFrom('203.0.113.1', 'b2');
  t.same(await closed(), ['b1'], 'who has one already gives up that one');
  socketFrom('203.0.113.3', 'd1');
  t.same(await closed(), ['a2'], 'otherwise the oldest of all goes');
});

await t.test('an error that nobody foresaw answers and lets the connection go as well', async (t) => {
  const api = await testApi(t, db, {
    findCaller: async () => {
      throw new Error('gone');
    },
  });
  const wire = (await wireTo(api))();
  wire.socket.write(head({ path: '/api/v3/Acknowledgements', length: 1_000_000, key: 'k' }) + '{"a":"');
  t.match(await wire.until(/\r\n\r\n/), /^HTTP\/1\.1 503 [^]*retry-after: 5/i);
  await wire.ended;
});
