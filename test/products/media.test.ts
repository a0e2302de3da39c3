import t from 'tap';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getConnection, requireActive } from '../../src/connections/connection-store.js';
import { createMediaFetcher } from '../../src/products/media/media-fetcher.js';
import { ensureUploads, uploadKey, type UploadOutcome } from '../../src/products/media/ensure-uploads.js';
import { deleteOldMedia, keepMediaFile } from '../../src/products/media/media-file-store.js';
import { forgetUploads } from '../../src/products/media/media-store.js';
import type { MediaUse } from '../../src/products/media/judge-media.js';
import { png } from '../simulator/support/listing-calls.js';
import { loopbackNames, startImageHost } from '../support/image-host.js';
import { startWorld } from '../shipments/world.js';

t.setTimeout(170_000);
const world = await startWorld(t, { answerTimeoutMs: 3_000 });
const { db, control } = world;
const host = await startImageHost(t);
const names = ['img.test', 'cdn.test', 'slow.test', 'busy.test'];
const fetcher = createMediaFetcher({
  ...loopbackNames(names),
  answerTimeoutMs: 1_500,
  connectTimeoutMs: 1_000,
});
t.teardown(() => fetcher.close());
const shop = await world.connect('US');
const deps = { db, openShop: world.deps.openShop, fetcher };
const connection = requireActive(await getConnection(db.prisma, { id: shop.connection.id }));
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

async function ensure(
  wanted: readonly (readonly [string, MediaUse])[],
  of = connection,
): Promise<UploadOutcome[]> {
  const uploads = wanted.map(([url, useCase]) => ({ url, useCase }));
  const outcomes = await ensureUploads(deps, of, uploads);
  return uploads.map((upload) => outcomes.get(uploadKey(upload))!);
}

async function one(url: string, use: MediaUse = 'MAIN_IMAGE'): Promise<UploadOutcome> {
  return (await ensure([[url, use]]))[0]!;
}

function visitsOf(path: string): string[] {
  return host.visits.filter((visit) => visit.startsWith(`${path} `));
}

/** As if everything had been looked at so long ago. */
async function age(hours: number): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE media_sources SET fetched_at = fetched_at - ${hours} * interval '1 hour', retry_at = retry_at - ${hours} * interval '1 hour'`;
  await db.prisma.$executeRaw`UPDATE media_hosts SET until = until - ${hours} * interval '1 hour'`;
}

const uploadsNow = () => control.uploads().length;

await t.test(
  'an image that many products share is fetched once, and uploaded once for each use',
  async (t) => {
    host.put('/shared.png', png(600));
    const before = uploadsNow();
    const url = host.url('/shared.png');
    const rounds = await Promise.all(
      Array.from({ length: 12 }, () =>
        ensure([
          [url, 'MAIN_IMAGE'],
          [url, 'ATTRIBUTE_IMAGE'],
        ]),
      ),
    );
    const uris = new Set(rounds.flat().map((outcome) => ('uri' in outcome ? outcome.uri : 'none')));
    t.equal(uris.size, 2);
    t.equal(uploadsNow() - before, 2);
    t.same(visitsOf('/shared.png'), ['/shared.png 200']);
    t.match(
      control
        .uploads()
        .slice(-2)
        .map(({ useCase }) => useCase)
        .toSorted(),
      ['ATTRIBUTE_IMAGE', 'MAIN_IMAGE'],
    );
  },
);

await t.test('the same content at another address is not uploaded again', async (t) => {
  host.put('/copy.png', png(600));
  const before = uploadsNow();
  const [first, second] = await ensure([
    [host.url('/shared.png'), 'MAIN_IMAGE'],
    [host.url('/copy.png'), 'MAIN_IMAGE'],
  ]);
  t.ok(first && 'uri' in first);
  t.match(second, { uri: (first as { uri: string }).uri });
  t.equal(uploadsNow(), before);
});

await t.test(
  'an image that changes behind its address is noticed by age; one that stays costs a question',
  async (t) => {
    host.put('/moving.png', png(500));
    const url = host.url('/moving.png');
    const first = await one(url);
    host.put('/moving.png', png(501));
    t.same(await one(url), first, 'within the age it is not looked at');
    t.equal(visitsOf('/moving.png').length, 1);
    await age(25);
    const second = await one(url);
    t.ok('uri' in second && 'uri' in first && second.uri !== first.uri, 'the new one is sent');
    await age(25);
    t.same(await one(url), second);
    t.same(visitsOf('/moving.png'), ['/moving.png 200', '/moving.png 200', '/moving.png 304']);
  },
);

await t.test('a refused image says the rule and what to do, and its neighbours go on', async (t) => {
  host.put('/small.png', png(299));
  host.put('/large.png', png(4_001, 300));
  host.put('/chart.png', png(1_000, 1_200));
  host.put('/page.jpg', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>'));
  host.put('/moved.gif', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(40)]));
  host.put('/cut.png', png(400).subarray(0, 60));
  host.put('/empty.png', Buffer.alloc(0));
  host.put('/good.png', png(400));
  host.put('/huge.png', Buffer.concat([png(400), Buffer.alloc(11 * 1024 * 1024)]));
  const outcomes = await ensure([
    [host.url('/small.png'), 'MAIN_IMAGE'],
    [host.url('/large.png'), 'MAIN_IMAGE'],
    [host.url('/chart.png'), 'SIZE_CHART_IMAGE'],
    [host.url('/page.jpg'), 'MAIN_IMAGE'],
    [host.url('/moved.gif'), 'MAIN_IMAGE'],
    [host.url('/cut.png'), 'MAIN_IMAGE'],
    [host.url('/empty.png'), 'MAIN_IMAGE'],
    [host.url('/missing.png'), 'MAIN_IMAGE'],
    [host.url('/huge.png'), 'MAIN_IMAGE'],
    [host.url('/good.png'), 'MAIN_IMAGE'],
    [host.url('/small.png'), 'ATTRIBUTE_IMAGE'],
  ]);
  t.match(outcomes, [
    {
      refused: { field: 'Image 1', code: '12052301', message: /299 x 299 pixels; TikTok takes 300 to 4000/ },
    },
    { refused: { code: '12052302', next: /smaller/ } },
    { refused: { field: 'Size Chart', code: '12038014', message: /1024/ } },
    { refused: { code: '12038015', message: /a page \(HTML\)/ } },
    { refused: { code: '12038015', message: /a GIF/ } },
    { refused: { code: '12038004', message: /in the middle/ } },
    { refused: { message: /empty/ } },
    { refused: { message: /answers 404/ } },
    { refused: { code: '12038005', message: /10 MB/ } },
    { uri: /^tos-/ },
    { uri: /^tos-/ },
  ]);
});

await t.test('a mended image is taken soon, and nobody asks for a bad one all the time', async (t) => {
  const path = '/small.png';
  const before = visitsOf(path).length;
  t.match(await one(host.url(path)), { refused: { code: '12052301' } });
  t.equal(visitsOf(path).length, before);
  host.put(path, png(310));
  await age(1);
  t.match(await one(host.url(path)), { uri: /^tos-/ });
});

await t.test(
  'what TikTok has stays when the address fails later, and the reason is told beside it',
  async (t) => {
    host.put('/fades.png', png(333));
    const first = await one(host.url('/fades.png'));
    host.put('/fades.png', (response) => void response.writeHead(404).end());
    await age(25);
    const second = await one(host.url('/fades.png'));
    t.match(second, { uri: (first as { uri: string }).uri, stale: /404/ });
  },
);

await t.test('a server that asks to be left alone is left alone, for as long as it says', async (t) => {
  host.put('/busy.png', (response) => void response.writeHead(429, { 'retry-after': '1800' }).end());
  host.put('/calm.png', png(350));
  const busy = await one(host.url('/busy.png', 'busy.test'));
  t.match(busy, { later: { reason: /429/, afterMs: 1_800_000 } });
  t.match(await one(host.url('/calm.png', 'busy.test')), { later: { reason: /left alone/ } });
  t.same(visitsOf('/calm.png'), [], 'the whole server');
  t.match(await one(host.url('/calm.png', 'cdn.test')), { uri: /^tos-/ }, 'and no other one');
  await age(1);
  host.put('/busy.png', png(351));
  t.match(await one(host.url('/busy.png', 'busy.test')), { uri: /^tos-/ });
});

await t.test('few are fetched of one server at once', async (t) => {
  const paths = Array.from({ length: 10 }, (_, nth) => `/slow-${nth}.png`);
  for (const [nth, path] of paths.entries())
    host.put(path, (response) => void setTimeout(() => response.end(png(400 + nth)), 30));
  const outcomes = await ensure(paths.map((path) => [host.url(path, 'slow.test'), 'MAIN_IMAGE'] as const));
  t.ok(outcomes.every((outcome) => 'uri' in outcome));
  t.ok(host.mostAtOnce() <= 4, `${host.mostAtOnce()} at once, of two names`);
});

await t.test(
  'one byte a second ends in time, is tried again later, and in the end is a fault of the feed',
  async (t) => {
    host.put('/drip.png', (response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const drip = setInterval(() => response.write('x'), 200);
      response.on('close', () => clearInterval(drip));
    });
    const url = host.url('/drip.png');
    const startedAt = Date.now();
    t.match(await one(url), { later: { reason: /too long/ } });
    t.ok(Date.now() - startedAt < 20_000);
    const before = visitsOf('/drip.png').length;
    t.match(await one(url), { later: {} });
    t.equal(visitsOf('/drip.png').length, before, 'not before its time');
    for (let time = 0; time < 4; time++) {
      await age(2);
      await one(url);
    }
    t.match(await one(url), { refused: { message: /5 times/ } });
  },
);

await t.test('redirects are followed to an end, and never inside', async (t) => {
  host.put('/end.png', png(360));
  const to = (location: string) => (response: import('node:http').ServerResponse) =>
    void response.writeHead(302, { location }).end();
  host.put('/once', to(host.url('/end.png', 'cdn.test')));
  host.put('/circle', to('/circle'));
  host.put('/meta', to('http://169.254.169.254/latest/meta-data/'));
  host.put('/loop', to(`http://127.0.0.1:${host.port}/end.png`));
  host.put('/decimal', to(`http://2130706433:${host.port}/end.png`));
  host.put('/six', to(`http://[::1]:${host.port}/end.png`));
  host.put('/file', to('file:///etc/passwd'));
  t.match(await one(host.url('/once')), { uri: /^tos-/ });
  t.match(await one(host.url('/circle')), { refused: { message: /redirects without an end/ } });
  t.equal(visitsOf('/circle').length, 6);
  const visits = visitsOf('/end.png').length;
  for (const path of ['/meta', '/loop', '/decimal', '/six', '/file'])
    t.match(await one(host.url(path)), { refused: { message: /is refused/ } }, path);
  t.equal(visitsOf('/end.png').length, visits);
});

await t.test('an address that leads inside is refused, however it is written', async (t) => {
  const before = host.visits.length;
  const bad = [
    ...[
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      '169.254.169.254',
    ].map((name) => `http://${name}:${host.port}/good.png`),
    `http://user:pass@img.test:${host.port}/good.png`,
    'ftp://img.test/good.png',
    'javascript:alert(1)',
    'not an address',
    'http://nowhere.test/x.png',
  ];
  for (const outcome of await ensure(bad.map((url) => [url, 'MAIN_IMAGE'] as const)))
    t.match(outcome, { refused: { rule: 'image-refused', level: 'error' } });
  t.equal(host.visits.length, before);
});

await t.test('nothing of an address or an answer becomes a line of a header', async (t) => {
  host.put(
    '/split.png',
    (response) =>
      void response.writeHead(200, { etag: 'x'.repeat(9_000), 'last-modified': 'nonsense' }).end(png(370)),
  );
  t.match(await one(`${host.url('/split.png')}?a=b%0d%0aX-Injected:%201`), { uri: /^tos-/ });
  t.match(await one(`${host.url('/split.png')}?c=d\r\nX-Injected: 1`), { uri: /^tos-/ });
  await age(25);
  t.match(await one(`${host.url('/split.png')}?a=b%0d%0aX-Injected:%201`), { uri: /^tos-/ });
});

await t.test('a certificate is an image or a PDF by its content', async (t) => {
  host.put('/scan', png(800));
  host.put('/paper', pdf);
  host.put('/half', pdf.subarray(0, 20));
  const [scan, paper, half, main] = await ensure([
    [host.url('/scan'), 'CERTIFICATE'],
    [host.url('/paper'), 'CERTIFICATE'],
    [host.url('/half'), 'CERTIFICATE'],
    [host.url('/paper'), 'MAIN_IMAGE'],
  ]);
  t.match(scan, { uri: /^tos-/, file: null });
  t.match(paper, { uri: /^v09/, file: { format: 'PDF', name: /^m[0-9a-f]{24}\.pdf$/ } });
  t.match(half, { refused: { message: /in the middle/ } });
  t.match(main, { refused: { message: /a PDF/ } });
  t.equal(control.uploads().at(-1)?.useCase, 'CERTIFICATION_IMAGE');
});

await t.test(
  'a lost answer of TikTok does no harm: the image is sent again when it is wanted next',
  async (t) => {
    host.put('/lost.png', png(380));
    control.addFault({ kind: 'done_but_lost', match: { path: '/product/*/images/upload' }, times: 1 });
    t.match(await one(host.url('/lost.png')), { later: {} });
    t.match(await one(host.url('/lost.png')), { uri: /^tos-/ });
  },
);

await t.test('a process that stops in the middle keeps nobody from going on', async (t) => {
  host.put('/stopped.png', png(390));
  await one(host.url('/stopped.png'));
  await age(25);
  host.put('/stopped.png', png(391));
  await db.prisma
    .$executeRaw`UPDATE media_sources SET lease_until = clock_timestamp() + interval '700 milliseconds'`;
  const startedAt = Date.now();
  t.match(await one(host.url('/stopped.png')), { uri: /^tos-/ });
  t.ok(Date.now() - startedAt >= 400, 'after the end of its time');
  await sleep(1);
});

await t.test('a uri that TikTok does not know any more is made anew', async (t) => {
  const first = (await one(host.url('/good.png'))) as { uri: string };
  const forget = () => forgetUploads(db.prisma, connection.companyId, [first.uri]);
  t.equal(await forget(), 0, 'TikTok has given it a moment ago: it has another reason to refuse it');
  await db.prisma.$executeRaw`UPDATE media_uploads SET settled_at = settled_at - interval '1 hour'`;
  t.equal(await forget(), 1);
  const second = (await one(host.url('/good.png'))) as { uri: string };
  t.not(second.uri, first.uri);
});

await t.test('what one company has is nothing to another one', async (t) => {
  const other = await world.connect('US');
  const theirs = requireActive(await getConnection(db.prisma, { id: other.connection.id }));
  const before = uploadsNow();
  const [outcome] = await ensure([[host.url('/good.png'), 'MAIN_IMAGE']], theirs);
  t.match(outcome, { uri: /^tos-/ });
  t.equal(uploadsNow() - before, 1);
});

await t.test(
  'a file that was handed over stands in place of an address, and another company has none of it',
  async (t) => {
    const { file } = await keepMediaFile(db, connection.companyId, Readable.from([png(640)]), 'front.png');
    t.match(file, { name: /^upload:[0-9a-f]{24}$/, format: 'PNG', width: 640 });
    t.match(await one(file.name), { uri: /^tos-/ });
    const other = await world.connect('US');
    const theirs = requireActive(await getConnection(db.prisma, { id: other.connection.id }));
    t.match(await ensure([[file.name, 'MAIN_IMAGE']], theirs), [{ refused: { message: /no file/ } }]);
    await db.prisma.$executeRaw`UPDATE media_files SET used_at = used_at - interval '40 days'`;
    t.equal(await deleteOldMedia(db), 1);
    t.match(await one(file.name), { uri: /^tos-/ }, 'TikTok keeps what it has');
    t.match(await one(file.name, 'SIZE_CHART_IMAGE'), { refused: { next: /again/ } });
  },
);
