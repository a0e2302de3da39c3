import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { guardedLookup, refusePeer } from '../../src/outbound/guarded-connect.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { NoAnswerError } from '../../src/outbound/no-answer.js';
import { isPublicAddress, RefusedAddressError } from '../../src/outbound/public-address.js';
import { createPublicDoor, type PublicDoorSettings } from '../../src/outbound/public-door.js';
import { openSocket } from '../../src/outbound/socket-door.js';
import { systemClock } from '../../src/kernel/time.js';

/** What somebody outside must never reach: it tells of everybody who comes. */
async function innerServer(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.end('inside'),
) {
  const visits: string[] = [];
  const seen: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    visits.push(`${request.method} ${request.headers.host}${request.url}`);
    seen.push(request.headers);
    answer(request, response);
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, visits, seen, connections: () => connections };
}

/** DNS as an attacker answers it. */
const answering =
  (zone: Record<string, string[]>): NonNullable<PublicDoorSettings['resolve']> =>
  async (hostname) =>
    (zone[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

function publicDoor(t: Test, settings: PublicDoorSettings = {}) {
  const door = createPublicDoor({ plainHttp: true, ...settings });
  t.teardown(() => door.close());
  return {
    ...door,
    get: (url: string, more: { redirects?: number; headers?: Record<string, string> } = {}) =>
      door.send({ url, method: 'GET', ...more }),
  };
}

await t.test('only addresses of the public Internet are public, however they are written', async (t) => {
  const inside =
    `0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 169.254.170.2 172.16.0.1
    172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1 198.19.255.255 203.0.113.9 224.0.0.1 239.1.1.1 255.255.255.255
    168.63.129.16 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1
    ::ffff:7f00:1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1 100::1
    2600::1%lo 127.1 2130706433 0x7f000001 localhost [::1] 8.8.8.8:80`.split(/\s+/);
  for (const address of [...inside, '']) t.notOk(isPublicAddress(address), address);
  const outside =
    '8.8.8.8 1.1.1.1 100.128.0.1 172.32.0.1 192.169.0.1 223.255.255.255 2606:4700::1111 2a00:1450::1 64:ff9b::8.8.8.8';
  for (const address of outside.split(' ')) t.ok(isPublicAddress(address), address);
});

await t.test('no spelling of an address leads the public door inside', async (t) => {
  const { port, connections } = await innerServer(t);
  const { get } = publicDoor(t);
  const hosts =
    '127.0.0.1 127.1 2130706433 0x7f.1 0177.0.0.1 localhost LOCALHOST [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] 0 0.0.0.0 [::]';
  for (const host of hosts.split(' ')) {
    await t.rejects(get(`http://${host}:${port}/`), RefusedAddressError, host);
  }
  t.equal(connections(), 0);
});

await t.test(
  'a name that leads inside is refused as the socket looks it up, and the next time again',
  async (t) => {
    const { port, connections } = await innerServer(t);
    const zone = {
      'loop.test': ['127.0.0.1'],
      'mixed.test': ['8.8.8.8', '127.0.0.1'],
      'meta.test': ['169.254.169.254'],
      'six.test': ['::1'],
      'mapped.test': ['::ffff:127.0.0.1'],
      'local.test': ['fe80::1'],
    };
    const { get } = publicDoor(t, { resolve: answering(zone) });
    for (const name of Object.keys(zone)) {
      for (let time = 0; time < 2; time++)
        await t.rejects(get(`http://${name}:${port}/`), RefusedAddressError, name);
    }
    t.equal(connections(), 0);
    await t.rejects(get(`http://nowhere.test:${port}/`), { name: 'NoAnswerError', arrived: false });
  },
);

await t.test('a name is asked for once a connection, so that its second answer comes too late', async (t) => {
  const { port } = await innerServer(t, (_, response) => {
    response.setHeader('connection', 'close').end('ok');
  });
  const asked: string[] = [];
  const resolve: PublicDoorSettings['resolve'] = async (hostname) => {
    asked.push(hostname);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const { get } = publicDoor(t, { resolve, anywhere: ['shop.test'] });
  t.match(await get(`http://shop.test:${port}/`), { status: 200, body: Buffer.from('ok') });
  t.same(asked, ['shop.test'], 'the address that was checked is the one that is connected to');

  let answers = 0;
  const turning = guardedLookup({
    resolve: async () => [{ address: answers++ === 0 ? '8.8.8.8' : '127.0.0.1', family: 4 }],
  });
  const look = (options: { all: boolean }) =>
    new Promise((resolve_, reject) => {
      turning('rebinding.test', options, (error, address) => (error ? reject(error) : resolve_(address)));
    });
  t.equal(await look({ all: false }), '8.8.8.8');
  await t.rejects(look({ all: true }), RefusedAddressError, 'and no answer is remembered as good');
});

await t.test('a socket that is inside in spite of all is let go of before a byte is written', async (t) => {
  const { port } = await innerServer(t);
  const socket = connect({ host: '127.0.0.1', port });
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  t.throws(() => refusePeer(socket, 'shop.test', {}), RefusedAddressError);
  t.ok(socket.destroyed);
});

await t.test(
  'redirects come back as they are, and where they are followed they lead inside neither',
  async (t) => {
    const { port, visits, seen } = await innerServer(t, (request, response) => {
      const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
      if (to === null) response.end('there');
      else response.writeHead(request.method === 'POST' ? 307 : 302, { location: to }).end();
    });
    const zone = { 'shop.test': ['127.0.0.1'], 'cdn.test': ['127.0.0.1'], 'loop.test': ['127.0.0.1'] };
    const door = publicDoor(t, { resolve: answering(zone), anywhere: ['shop.test', 'cdn.test'] });
    const from = (to: string): string => `http://shop.test:${port}/?to=${encodeURIComponent(to)}`;
    const good = `http://cdn.test:${port}/image`;
    t.match(await door.get(from(good)), { status: 302, headers: { location: good } });
    const headers = { authorization: 'secret', 'x-own': 'secret' };
    t.match(await door.get(from(good), { redirects: 1, headers }), { status: 200, url: good });
    t.notMatch(
      seen.at(-1),
      { authorization: 'secret' },
      'another server does not get what the first one got',
    );
    t.notOk('x-own' in seen.at(-1)!);
    t.match(await door.get(from('/?x'), { redirects: 1, headers }), { status: 200 });
    t.match(seen.at(-1), headers, 'the same one does');
    const body = Buffer.from('{}');
    t.match(await door.send({ url: from(good), method: 'POST', body, redirects: 5 }), { status: 307 });
    t.match(await door.get(from(from(good)), { redirects: 1 }), { status: 302 }, 'no more than were allowed');
    visits.length = 0;
    const inside = [
      `http://127.0.0.1:${port}/`,
      `http://loop.test:${port}/`,
      `//127.0.0.1:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'gopher://cdn.test/',
      `http://user:word@cdn.test:${port}/`,
      'http://',
    ];
    for (const to of inside) await t.rejects(door.get(from(to), { redirects: 3 }), RefusedAddressError, to);
    t.equal(visits.length, inside.length, 'each was asked for its redirect only');
  },
);

await t.test('what is secret goes by https only, and no refusal repeats an address', async (t) => {
  const door = createPublicDoor({ resolve: answering({}) });
  t.teardown(() => door.close());
  for (const url of [
    'http://shop.example/?token=hush',
    'ftp://hush.example',
    'https://u:hush@shop.example',
    'hush',
  ]) {
    await t.rejects(door.send({ url, method: 'GET' }), { name: 'RefusedAddressError' }, url);
    await door.send({ url, method: 'GET' }).catch((error: Error) => t.notMatch(error.message, /hush/));
  }
});

await t.test('an answer that is too large, too slow or never ends is given up', async (t) => {
  const { port } = await innerServer(t, (request, response) => {
    if (request.url === '/large') response.end(Buffer.alloc(200_000));
    else if (request.url === '/bomb')
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(5_000_000)));
    else if (request.url === '/loop')
      setTimeout(() => response.writeHead(302, { location: '/loop' }).end(), 50);
    else response.write('drip');
  });
  const door = publicDoor(t, {
    resolve: answering({ 'shop.test': ['127.0.0.1'] }),
    anywhere: ['shop.test'],
    maxAnswerBytes: 100_000,
    answerTimeoutMs: 400,
  });
  for (const path of ['large', 'bomb'])
    await t.rejects(
      door.get(`http://shop.test:${port}/${path}`),
      { message: 'the answer is too large' },
      path,
    );
  await t.rejects(door.get(`http://shop.test:${port}/drip`), { message: 'the answer took too long' });
  await t.rejects(
    door.get(`http://shop.test:${port}/loop`, { redirects: 1_000 }),
    { message: 'the answer took too long' },
    'all redirects together have the time of one answer',
  );
});

await t.test('sockets of other protocols go by the same rules', async (t) => {
  const server = createTcpServer((socket) => socket.end('220 hello'));
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const resolve = answering({
    'mail.test': ['127.0.0.1'],
    'six.test': ['::1'],
    'mixed.test': ['8.8.8.8', '10.0.0.1'],
  });
  for (const tls of [false, true]) {
    for (const host of [
      'mail.test',
      'six.test',
      'mixed.test',
      '127.0.0.1',
      '::1',
      '[::1]',
      '169.254.169.254',
    ])
      await t.rejects(openSocket({ host, port, tls, resolve }), RefusedAddressError, host);
  }
  for (const host of ['127.1', '2130706433', 'localhost'])
    await t.rejects(openSocket({ host, port }), RefusedAddressError, `${host}, as the system resolves it`);
  t.equal(connections, 0);
  const socket = await openSocket({ host: 'mail.test', port, resolve, anywhere: ['mail.test'] });
  const [greeting] =
    (await new Promise<[Buffer]>((hear) => void socket.once('data', (data) => hear([data])))) ?? [];
  t.equal(String(greeting), '220 hello');
  socket.destroy();
  const anywhere = ['mail.test'];
  await t.rejects(openSocket({ host: 'nobody.test', port, resolve }), {
    name: 'NoAnswerError',
    arrived: false,
  });
  await t.rejects(
    openSocket({ host: 'mail.test', port, tls: true, resolve, anywhere, connectTimeoutMs: 2_000 }),
    NoAnswerError,
    'what does not speak TLS is no server of ours',
  );
});

await t.test('the door to fixed origins leads to those of its list only', async (t) => {
  const { port, visits } = await innerServer(t);
  const door = createHttpDoor({
    clock: systemClock,
    leadsTo: (origin) => origin === `http://127.0.0.1:${port}`,
  });
  t.teardown(() => door.close());
  const call = { method: 'GET' as const, target: '/', headers: {} };
  t.match(await door.send({ ...call, origin: `http://127.0.0.1:${port}` }), { text: 'inside' });
  for (const origin of [`http://localhost:${port}`, `http://127.0.0.1:${port}/`, `HTTP://127.0.0.1:${port}`])
    await t.rejects(door.send({ ...call, origin }), RefusedAddressError, origin);
  t.equal(visits.length, 1);
});
