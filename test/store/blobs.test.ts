import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { CHUNK_BYTES } from '../../src/store/blobs/blob.js';
import { openBlob } from '../../src/store/blobs/blob-reader.js';
import { createBlobWriter } from '../../src/store/blobs/blob-writer.js';
import { sweepBlobs } from '../../src/store/blobs/sweep-blobs.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const { companyId, connectionId } = await createSeller(db);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function store(content: Buffer, company = companyId) {
  const writer = createBlobWriter(db, { companyId: company });
  await writer.write(content);
  return writer.finish();
}

async function read(reference: { id: bigint; companyId: number }, start?: number, end?: number) {
  const reader = await openBlob(db, reference);
  if (!reader) return null;
  const pieces: Buffer[] = [];
  for await (const piece of reader.pieces(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A row that refers to it, as every owner of a blob has one. */
async function refer(
  blobId: bigint,
  { companyId: company, connectionId: connection } = { companyId, connectionId },
) {
  const time = new Date();
  return db.prisma.import.create({
    data: {
      companyId: company,
      connectionId: connection,
      kind: 'feed',
      state: 'refused',
      blobId,
      receivedAt: time,
      finishedAt: time,
    },
  });
}

const chunksOf = (blobId: bigint) => db.prisma.blobChunk.count({ where: { blobId } });

await t.test('50 MB go in and out as they are, in little memory', async (t) => {
  const hash = createHash('sha256');
  const line = Buffer.from('SKU-0000001,17,19.90\n'.repeat(3_000));
  const noise = randomBytes(65_536);
  const times = 400;
  let most = 0;
  const look = (): void => {
    collectGarbage();
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  };
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const writer = createBlobWriter(db, { companyId });
  for (let round = 0; round < times; round++) {
    for (const piece of [line, noise]) {
      hash.update(piece);
      await writer.write(piece);
    }
    if (round % 40 === 0) look();
  }
  const blob = await writer.finish();
  t.equal(blob.bytes, times * (line.length + noise.length));
  t.ok(blob.bytes > 50_000_000);
  t.equal(blob.sha256, hash.digest('hex'));
  const out = createHash('sha256');
  const reader = await openBlob(db, blob);
  let pieces = 0;
  for await (const piece of reader!.pieces()) {
    out.update(piece);
    if (++pieces % 40 === 0) look();
  }
  t.equal(out.digest('hex'), blob.sha256);
  t.ok(most - before < 30_000_000, `at most ${Math.round((most - before) / 1e6)} MB at once`);
  const [{ stored } = { stored: 0 }] = await db.prisma.$queryRaw<{ stored: number }[]>`
    SELECT sum(octet_length(content))::int AS stored FROM blob_chunks WHERE blob_id = ${blob.id}`;
  t.ok(stored < blob.bytes * 0.7, 'what can be packed is packed');
});

await t.test('any part of a content can be read, whatever its size', async (t) => {
  for (const size of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]) {
    const content = randomBytes(size);
    const blob = await store(content);
    t.equal(blob.bytes, size);
    t.ok((await read(blob))?.equals(content), `${size} bytes`);
    for (const [start, end] of [
      [0, 1],
      [size - 5, size],
      [CHUNK_BYTES - 3, CHUNK_BYTES + 3],
      [10, 2 * CHUNK_BYTES + 10],
    ] as const) {
      if (start < 0) continue;
      t.ok(
        (await read(blob, start, end))?.equals(content.subarray(start, end)),
        `${size}: ${start} to ${end}`,
      );
    }
  }
});

await t.test('a company has the same content once, and another company has its own', async (t) => {
  const content = randomBytes(700_000);
  const first = await store(content);
  const [second, third] = await Promise.all([store(content), store(content)]);
  t.same([second, third], [first, first]);
  t.equal(await db.prisma.blob.count({ where: { companyId, sha256: first.sha256 } }), 1);
  t.equal(
    await db.prisma.blob.count({ where: { companyId, sha256: null } }),
    0,
    'nothing is left of the copies',
  );
  const other = await createSeller(db);
  const theirs = await store(content, other.companyId);
  t.not(theirs.id, first.id);
  t.equal(
    await read({ ...first, companyId: other.companyId }),
    null,
    'a number opens nothing of another company',
  );
  await t.rejects(refer(first.id, other), 'and no row of another company can refer to it');
  await refer(theirs.id, other);
  t.ok((await read(theirs))?.equals(content));
});

await t.test('two writers that end the same content in the same moment both have it', async (t) => {
  for (let round = 0; round < 5; round++) {
    const content = randomBytes(100);
    const [one, ...others] = await Promise.all([1, 2, 3, 4].map(() => store(content)));
    for (const other of others) t.same(other, one);
    t.ok((await read(one!))?.equals(content));
  }
});

await t.test(
  'a content without a row that refers to it goes after its time, and no other does',
  async (t) => {
    const [kept, lost] = [await store(randomBytes(600_000)), await store(randomBytes(600_000))];
    await refer(kept.id);
    await sweepBlobs(db);
    t.equal((await read(lost))?.length, 600_000, 'it has its time');
    await sweepBlobs(db, { graceMs: 0 });
    t.equal(await read(lost), null);
    t.equal(await chunksOf(lost.id), 0);
    t.equal((await read(kept))?.length, 600_000);
  },
);

await t.test('a content that comes again while it waits to be swept is there again', async (t) => {
  const content = randomBytes(1_000);
  const { id } = await store(content);
  await db.prisma.blob.update({ where: { id }, data: { touchedAt: new Date(0) } });
  const again = await store(content);
  t.equal(again.id, id);
  await sweepBlobs(db);
  t.ok((await read(again))?.equals(content));
});

await t.test('what a process left behind between two chunks is never read, and goes', async (t) => {
  const writer = createBlobWriter(db, { companyId });
  await writer.write(randomBytes(3 * CHUNK_BYTES + 5));
  // Killed here: neither finish nor abandon.
  const open = await db.prisma.blob.findFirstOrThrow({ where: { companyId, sha256: null } });
  while ((await chunksOf(open.id)) < 3) await pause(10);
  t.equal(await read({ id: open.id, companyId }), null);
  await sweepBlobs(db);
  t.ok((await chunksOf(open.id)) > 0, 'it may still be written');
  await db.prisma.blob.update({ where: { id: open.id }, data: { touchedAt: new Date(0) } });
  await sweepBlobs(db);
  t.equal(await db.prisma.blob.findFirst({ where: { id: open.id } }), null);
  t.equal(await chunksOf(open.id), 0);
  await t.rejects(writer.finish(), 'who goes on with it all the same is told');
});

await t.test('a content that its writer abandons leaves nothing', async (t) => {
  const before = await db.prisma.blob.count();
  const writer = createBlobWriter(db, { companyId });
  await writer.write(randomBytes(2 * CHUNK_BYTES));
  await writer.abandon();
  t.equal(await db.prisma.blob.count(), before);
  await createBlobWriter(db, { companyId }).abandon();
  t.equal(await db.prisma.blob.count(), before);
});

await t.test('a full disk of the store is a 507, no fault of the sender', async (t) => {
  await db.prisma.$executeRawUnsafe(`
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`);
  await db.prisma.$executeRawUnsafe(
    'CREATE TRIGGER no_room BEFORE INSERT ON blob_chunks FOR EACH ROW EXECUTE FUNCTION no_room()',
  );
  t.teardown(() => db.prisma.$executeRawUnsafe('DROP FUNCTION no_room() CASCADE'));
  await t.rejects(store(randomBytes(10)), { code: 'storage-full' });
});
