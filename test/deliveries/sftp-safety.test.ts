import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { revokeApiKey } from '../../src/companies/api-key-store.js';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { startWorld } from '../shipments/world.js';
import { until } from '../support/waiting.js';
import { noSftp as skip, sftpSeller, type SftpSeller } from './sftp-seller.js';
import { logIn, type SshUser } from './ssh-client.js';

t.setTimeout(300_000);
const world = await startWorld(t);
const shirt = [{ sku: 'SHIRT', quantity: 1 }];
const DROP = '/CSV/Outbound/Shipments';
const piece = (bytes: number): Buffer => Buffer.alloc(bytes, 'x');

function withPassword({ shop, port, key }: SftpSeller, password = key): Promise<SshUser> {
  return logIn(port, { username: String(shop.companyId), password });
}

function withKey({ shop, port, privateKey }: SftpSeller): Promise<SshUser> {
  return logIn(port, { username: String(shop.companyId), privateKey });
}

async function writeAll(user: SshUser, handle: Buffer, bytes: number): Promise<void> {
  for (let at = 0; at < bytes; at += 30_000)
    await user.write(handle, piece(Math.min(30_000, bytes - at)), at);
}

function filesOf({ shop }: SftpSeller): Promise<number> {
  return world.db.prisma.documentFile.count({ where: { companyId: shop.companyId } });
}

/** Another company on the same server. */
async function neighbour(t: Test, own: SftpSeller): Promise<SftpSeller> {
  const other = await sftpSeller(t, world);
  return { ...other, port: own.port };
}

await t.test(
  'all sessions share one memory, one company cannot take what the others need, and it is given back',
  { skip },
  async (t) => {
    const memory = { most: 1_000_000, mostOfOne: 600_000 };
    const own = await sftpSeller(t, world, { largestBytes: 400_000, memory });
    const other = await neighbour(t, own);
    const users = [await withKey(own), await withPassword(own), await withKey(other)] as const;
    const [first, second] = [await users[0].open(`${DROP}/a.csv`), await users[1].open(`${DROP}/b.csv`)];
    await writeAll(users[0], first, 390_000);
    await t.rejects(writeAll(users[1], second, 390_000), /at once/, 'the same company has no more');
    t.ok(own.server.heldBytes() <= memory.mostOfOne, String(own.server.heldBytes()));
    await t.rejects(users[1].close(second), /missing/);
    t.equal(await filesOf(own), 0, 'what was cut is not taken');
    const third = await users[2].open(`${DROP}/c.csv`);
    await writeAll(users[2], third, 390_000);
    t.ok(own.server.heldBytes() <= memory.most);
    await users[2].close(third);
    t.equal(await filesOf(other), 1);
    for (const { client } of users) client.end();
    await until('all is given back', () => own.server.heldBytes() === 0);
  },
);

await t.test('a revoked API key ends its sessions, in the middle of an upload too', { skip }, async (t) => {
  const own = await sftpSeller(t, world);
  const [busy, idle, byKey] = [await withPassword(own), await withPassword(own), await withKey(own)];
  const handle = await busy.open(`${DROP}/half.csv`);
  await busy.write(handle, piece(1_000), 0);
  await revokeApiKey(world.db.prisma, {
    companyId: own.shop.companyId,
    slot: 'primary',
    now: world.clock.now(),
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 1_100);
  });
  await t.rejects(busy.close(handle), /closed/);
  await idle.closed;
  t.equal(await filesOf(own), 0, 'nothing of it was taken');
  t.same(await byKey.list(DROP), [], 'who has logged in otherwise goes on');
  await t.rejects(withPassword(own), /authentication|closed/i);
  byKey.client.end();
});

await t.test('a public key that is removed from the settings ends its sessions', { skip }, async (t) => {
  const own = await sftpSeller(t, world);
  const [byKey, byPassword] = [await withKey(own), await withPassword(own)];
  t.equal((await own.call('PUT', 'Settings/Company', { Settings: { sftpPublicKeys: [] } })).status, 200);
  await byKey.closed;
  t.same(await byPassword.list(DROP), []);
  byPassword.client.end();
});

await t.test('a connection that is lost in the middle of an upload changes nothing', { skip }, async (t) => {
  const own = await sftpSeller(t, world);
  for (const name of ['whole.csv', 'part.csv.filepart']) {
    const user = await withKey(own);
    const handle = await user.open(`${DROP}/${name}`);
    await writeAll(user, handle, 100_000);
    t.ok(own.server.heldBytes() >= 100_000);
    user.client._sock.destroy();
    await until('its memory is given back', () => own.server.heldBytes() === 0);
  }
  t.equal(await filesOf(own), 0);
  t.equal(await world.db.prisma.delivery.count({ where: { companyId: own.shop.companyId } }), 0);
});

await t.test('a file with a hole is refused, and one that is gone on with is whole', { skip }, async (t) => {
  const own = await sftpSeller(t, world);
  const user = await withKey(own);
  const hole = await user.open(`${DROP}/hole.csv`);
  await user.write(hole, piece(10), 0);
  await user.write(hole, piece(10), 20);
  await t.rejects(user.close(hole), /missing/);
  const backwards = await user.open(`${DROP}/backwards.csv`);
  await user.write(backwards, piece(10), 10);
  await user.write(backwards, piece(10), 0);
  await user.close(backwards);
  const begun = await user.open(`${DROP}/more.csv.part`);
  await user.write(begun, Buffer.from('PartnerPO,'), 0);
  await user.close(begun);
  const more = await user.open(`${DROP}/more.csv.part`, 'a');
  await user.write(more, Buffer.from('ShipmentNumber\n'), 0);
  await user.close(more);
  await user.rename(`${DROP}/more.csv.part`, `${DROP}/more.csv`);
  const files = await world.db.prisma.documentFile.findMany({
    where: { companyId: own.shop.companyId },
    orderBy: { id: 'asc' },
  });
  t.match(files, [
    { fileName: 'backwards.csv', bytes: 20 },
    { fileName: 'more.csv', bytes: 'PartnerPO,ShipmentNumber\n'.length },
  ]);
  user.client.end();
});

await t.test(
  'removing a file acknowledges the version that the client has read, and no newer one',
  { skip },
  async (t) => {
    const own = await sftpSeller(t, world);
    await own.setProfiles({
      name: 'csv',
      channel: 'sftp',
      format: 'csv',
      documents: ['order'],
      fileName: '{key}.csv',
    });
    const order = await own.shop.order(shirt);
    const path = `/CSV/Inbound/Orders/${order.key}.csv`;
    const user = await withKey(own);
    await user.read(path);
    await world.db.pool.query('UPDATE documents SET version = version + 1 WHERE key = $1', [order.key]);
    t.same(await user.list('/CSV/Inbound/Orders'), [`${order.key}.csv`], 'the newer one has the same name');
    await user.remove(path);
    t.equal((await own.shop.orderDocument(order)).statusCode, 100, 'and waits on');
    t.same(await user.list('/CSV/Inbound/Orders'), [`${order.key}.csv`]);
    await user.read(path);
    await user.remove(path);
    t.equal((await own.shop.orderDocument(order)).statusCode, 200);
    user.client.end();
  },
);

await t.test('an API key is the password of a real sftp', { skip }, async (t) => {
  const own = await sftpSeller(t, world, { pause: () => Promise.resolve() });
  const good = await own.sftpWithPassword(own.key, 'ls -1 /');
  t.equal(good.code, 0, good.text);
  t.match(good.text, /CSV/);
  const wrong = await own.sftpWithPassword(`${own.key}x`, 'ls -1 /');
  t.not(wrong.code, 0);
  t.match(wrong.text, /denied|closed/i);
});

await t.test(
  'wrong log-ins wait longer each time, and after twenty of a range nobody of it is listened to for ten minutes',
  { skip },
  async (t) => {
    const delays: number[] = [];
    let now = world.clock.now().getTime();
    const clock = { now: () => new Date(now) };
    const pause = (ms: number): Promise<void> => {
      delays.push(ms);
      return Promise.resolve();
    };
    const own = await sftpSeller(t, world, { pause, clock });
    const before = await withPassword(own);
    for (let tries = 0; tries < 25; tries++) await t.rejects(withPassword(own, `tsc_${tries}`));
    t.same(delays.slice(0, 6), [500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    t.equal(delays.length, 20, 'the others were not listened to');
    await t.rejects(withPassword(own), 'the right one neither');
    t.same(await before.list(DROP), [], 'who was there before goes on');
    now += 11 * MINUTE_MS;
    const after = await withPassword(own);
    t.same(await after.list(DROP), []);
    for (const { client } of [before, after]) client.end();
  },
);

await t.test('keys that are offered and not known are no guesses', { skip }, async (t) => {
  const delays: number[] = [];
  const pause = (ms: number): Promise<void> => {
    delays.push(ms);
    return Promise.resolve();
  };
  const own = await sftpSeller(t, world, { pause });
  const other = await sftpSeller(t, world);
  await t.rejects(withKey({ ...own, privateKey: other.privateKey }), /authentication/i);
  t.same(delays, []);
});

await t.test(
  'a company has twenty sessions, and strangers at the door take no place of them',
  { skip },
  async (t) => {
    const own = await sftpSeller(t, world);
    const other = await neighbour(t, own);
    const users: SshUser[] = [];
    for (let count = 0; count < 20; count++) users.push(await withKey(own));
    await t.rejects(withKey(own));
    const neighbourly = await withKey(other);
    t.same(await neighbourly.list(DROP), [], 'another company has its own');
    const strangers = Array.from({ length: 60 }, () => connect(own.port, '127.0.0.1'));
    for (const socket of strangers) socket.on('error', () => undefined).resume();
    await until('most are sent away', () => strangers.filter(({ closed }) => closed).length >= 50);
    t.same(await users[0]!.list(DROP), []);
    for (const socket of strangers) socket.destroy();
    users.pop()!.client.end();
    await until('a place is free', async () => {
      const user = await withKey(own).catch(() => null);
      if (user) users.push(user);
      return user !== null;
    });
    for (const { client } of [...users, neighbourly]) client.end();
  },
);

await t.test(
  'a client that asks on and on without waiting is hung up, and harms nobody',
  { skip },
  async (t) => {
    const own = await sftpSeller(t, world);
    const [greedy, other] = [await withKey(own), await withKey(own)];
    for (let count = 0; count < 5_000; count++) greedy.ask('/CSV/Inbound/Orders');
    await greedy.closed;
    t.same(await other.list(DROP), []);
    other.client.end();
    await until('its memory is given back', () => own.server.heldBytes() === 0);
  },
);
