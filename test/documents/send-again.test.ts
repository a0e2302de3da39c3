import t from 'tap';
import { cancellingGates } from '../../src/acknowledgements/acknowledgement-gates.js';
import type { ConnectionStatus } from '../../src/domain/shop.js';
import { answerGates } from '../../src/returns/return-gates.js';
import { shippingGates } from '../../src/shipments/shipment-gates.js';
import { ackOf, acknowledging } from '../acknowledgements/world.js';
import { answerOf, startReturnWorld } from '../returns/world.js';
import { shipmentOf } from '../shipments/world.js';
import { createKey, testApi } from '../support/api.js';

t.setTimeout(180_000);
const returns = await startReturnWorld(t, { answerTimeoutMs: 10_000 });
const { world } = returns;
const { db, control } = world;
const shop = await world.connect('US');
const acks = acknowledging(world, shop);
const goods = [{ sku: 'TEE', quantity: 1 }];
const woken: bigint[] = [];
const { app } = await testApi(t, db, {
  clock: world.clock,
  wake: (id) => void woken.push(id),
  domain: world.deps,
});
const headers = { subscriptionkey: await createKey(db, shop) };

/** What TikTok refuses on the way, for a reason that has nothing to do with the order. */
interface Failing {
  path: string;
  code: number;
  /** Sends a document of that kind. @returns its key */
  send: () => Promise<number>;
}

const kinds: Record<string, Failing> = {
  Shipments: {
    path: '/fulfillment/*/packages',
    code: 21004012,
    send: async () => {
      const order = await shop.order(goods);
      const tracking = `94001118995600000${String(order.key).padStart(5, '0')}`;
      return (await shop.ship(order, shipmentOf('S-1', [{ sku: 'TEE', quantity: 1, tracking }]))).key;
    },
  },
  Acknowledgements: {
    path: '/return_refund/*/cancellations',
    code: 25001003,
    send: async () => {
      const order = await shop.order(goods);
      const cancel = ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' });
      return (await acks.send(order, cancel)).key;
    },
  },
  Returns: {
    path: '/return_refund/*/approve',
    code: 25020005,
    send: async () => (await returns.answer(shop, answerOf(await returns.received(shop)))).key,
  },
};

/** A document whose call TikTok has refused. @returns its key */
async function failed({ path, code, send }: Failing): Promise<number> {
  const key = await send();
  control.addFault({ kind: 'error', code, match: { method: 'POST', path } });
  await world.settle().finally(() => control.clearFaults());
  const { statusCode } = await db.prisma.document.findUniqueOrThrow({ where: { key } });
  if (statusCode !== 1200) throw new Error(`document ${key} has not failed: ${statusCode}`);
  return key;
}

async function waiting(key: number): Promise<bigint[]> {
  const rows = await db.prisma.outboxEntry.findMany({ where: { documentKey: key, state: 'pending' } });
  return rows.map(({ id }) => id);
}

async function setConnection(status: ConnectionStatus): Promise<void> {
  const { id } = shop.connection;
  await db.pool.query('UPDATE connections SET status = $2, status_reason = NULL WHERE id = $1', [id, status]);
}

for (const [path, kind] of Object.entries(kinds)) {
  await t.test(`a failed document set to Submitted is sent again at once: ${path}`, async (t) => {
    const one = await failed(kind);
    woken.length = 0;
    const answer = await app.inject({
      method: 'PUT',
      url: `/api/v3/${path}/${one}/Status/Submitted`,
      headers,
    });
    t.equal(answer.statusCode, 200, answer.body);
    t.equal(woken.length, 1, 'a worker is woken, nobody waits for the beat');
    t.same(woken, await waiting(one), 'for what is asked of TikTok');
    t.equal((await db.prisma.document.findUniqueOrThrow({ where: { key: one } })).statusCode, 200);
    await world.settle();

    const many = await failed(kind);
    woken.length = 0;
    const payload = { Status: 'Submitted', LogicbrokerKeys: [String(many)] };
    const bulk = await app.inject({ method: 'PUT', url: `/api/v3/${path}/Status`, headers, payload });
    t.same(bulk.json().Records, [String(many)]);
    t.same(woken, await waiting(many), 'the same when many are set at once');
    t.equal(woken.length, 1);
    await world.settle();
  });

  await t.test(`who sends again what nobody has refused is told so: ${path}`, async (t) => {
    const key = await failed(kind);
    const url = `/api/v3/${path}/${key}/Status/Submitted`;
    await app.inject({ method: 'PUT', url, headers });
    await world.settle();
    await db.pool.query(
      `UPDATE documents SET status_code = 1200, body = '{"StatusCode":1200' || substr(body, strpos(body, ',')) WHERE key = $1`,
      [key],
    );
    const answer = await app.inject({ method: 'PUT', url, headers });
    t.equal(answer.statusCode, 400);
    t.match(answer.json().Message, new RegExp(`^\\w+ ${key} has no \\w+ that TikTok refused`));
  });

  await t.test(`a gate that refuses names itself, first and again: ${path}`, async (t) => {
    const key = await failed(kind);
    await setConnection('closed');
    t.teardown(() => setConnection('active'));
    woken.length = 0;
    const url = `/api/v3/${path}/${key}/Status/Submitted`;
    const again = await app.inject({ method: 'PUT', url, headers });
    t.equal(again.statusCode, 400);
    const told = 'connection-active: The connection is closed.';
    t.match(again.json().Body[0].Details, [{ Message: told, Next: 'Connect the shop.' }]);
    t.same(woken, [], 'what is refused wakes nobody');
  });
}

await t.test('a connection stands in the same words before every kind of document', async (t) => {
  const words: Record<ConnectionStatus, string> = {
    active: 'pass The connection is active.',
    draft: 'refuse The connection is not finished.',
    closed: 'refuse The connection is closed.',
    paused: 'wait The connection is paused.',
    needs_reauthorization: 'wait The connection needs re-authorisation.',
  };
  for (const [status, text] of Object.entries(words) as [ConnectionStatus, string][]) {
    const facts = { connection: { status, statusReason: null } } as never;
    const told = [shippingGates, cancellingGates, answerGates].map((gates) => {
      const gate = gates.find(({ name }) => name === 'connection-active');
      const { outcome, reason } = gate!.decide(facts);
      return `${outcome} ${reason}`;
    });
    t.same(told, [text, text, text], status);
  }
});
