import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { DEMO_APP_SECRET } from '../../src/simulator/server.js';
import { harborGoods, tokoPelangi } from '../support/connect-shop.js';
import { createErp, wholeShipment } from '../support/erp.js';
import { queueStores, type ServiceWorld } from '../support/service-world.js';
import { startService, type Service } from '../support/start-service.js';
import { until } from '../support/waiting.js';

/** A buyer like no other. */
const buyer = {
  name: 'Zebulon Quickthorn',
  firstName: 'Zebulon',
  lastName: 'Quickthorn',
  phone: '(+1)5550147733',
  line1: '4711 Marzipan Crescent',
  line2: 'Unit Xylophone',
  fullAddress: '4711 Marzipan Crescent, Unit Xylophone, Quokkaville',
  postalCode: '90909-1234',
};
const buyerMessage = 'Leave it with Wilhelmina please';
const shipTo = {
  FirstName: buyer.name,
  Address1: buyer.fullAddress,
  Phone: buyer.phone,
  Zip: buyer.postalCode,
  Email: 'zebulon@quickthorn.example',
};

const people = [
  'Zebulon',
  'Quickthorn',
  '5550147733',
  'Marzipan',
  'Xylophone',
  'Quokkaville',
  '90909-1234',
  'Wilhelmina',
];

t.setTimeout(170_000);
for (const { name, redisUrl, skip } of await queueStores(t)) {
  const options = { skip, timeout: 90_000 };
  await t.test(`nothing secret or personal gets out, with the queue on ${name}`, options, async (t) => {
    const service = await startService(t, { redisUrl, roles: 'apart' });
    const queued = await watchQueue(t, service);
    const answers = await eventfulDay(service);
    const secrets = await secretsOf(service);
    const markers = [...people, ...secrets];

    const orders = (await service.erp.call('GET', 'Orders')).text;
    for (const marker of people) t.match(orders, marker, `${marker} has been on its way`);
    t.ok(secrets.length >= 8, `${secrets.length} secrets`);
    t.ok(service.lines.length > 100, `${service.lines.length} log lines`);
    t.match(queued().join('\n'), /outbox/, 'the queue was watched');

    t.same(found(markers, service.lines), [], 'logs');
    t.same(found(markers, queued()), [], 'jobs');
    t.same(found(markers, answers), [], 'error answers');
    t.same(found(markers, [await (await fetch(`${service.url}/metrics`)).text()]), [], 'metrics');
    t.same(found(markers, await storedTexts(service)), [], 'events, runs and pushes');
    t.same(found(secrets, await allTables(service)), [], 'no secret is stored in clear text');
  });
}

/** Orders, shipments, errors of all kinds on both sides. @returns the texts of all error answers */
async function eventfulDay(service: Service): Promise<string[]> {
  const { control } = service.simulator;
  const address = { address: buyer, buyerMessage };
  control.addOrder(harborGoods.shopId, {
    lines: [{ sellerSku: 'PLAIN', quantity: 1 }],
    paidMinutesAgo: 90,
    ...address,
  });
  control.addOrder(harborGoods.shopId, {
    lines: [{ sellerSku: 'PLAIN', quantity: 1 }],
    paidMinutesAgo: 80,
    ...address,
  });
  control.addOrder(tokoPelangi.shopId, {
    lines: [{ sellerSku: 'PLAIN', quantity: 2 }],
    paidMinutesAgo: 90,
    ...address,
  });
  control.addFault({ kind: 'error', code: 36009003, message: 'Internal error', times: 2 });
  control.addFault({ kind: 'http', status: 502, body: `for ${buyer.name}`, times: 2, skip: 6 });
  control.addFault({ kind: 'drop', times: 2, skip: 9 });
  control.addFault({ kind: 'expire_token', times: 2, match: { path: '/order/' } });
  const shops = [];
  for (const account of [harborGoods, tokoPelangi]) shops.push(await connectPatiently(service, account));
  await until(
    'orders in spite of it all',
    async () => {
      await service.erp.triggerAll();
      return (await service.erp.list('Orders')).length >= 9;
    },
    40_000,
    300,
  );
  const marked = (await service.erp.list('Orders')).filter((order) =>
    JSON.stringify(order).includes('Marzipan'),
  );
  const keys: string[] = [];
  for (const [index, order] of marked.entries()) {
    const carrier = order['Currency'] === 'IDR' ? 'JNE' : 'USPS';
    const document = wholeShipment(order, {
      tracking: index === 1 ? '9400100000000000000001' : `PM${index}00`,
      carrier,
    });
    keys.push(await service.erp.ship(order, { ...document, ShipToAddress: shipTo, Note: buyerMessage }));
  }
  for (const key of keys)
    await until(
      'end of a shipment',
      async () => (await service.erp.shipment(key)).StatusCode >= 1000,
      30_000,
      200,
    );
  control.patchOrder(marked[0]?.PartnerPO ?? '', { address: { line1: '1 Marzipan Crescent' }, buyerMessage });
  return mistakes(service, marked[0]?.Identifier.LogicbrokerKey ?? '');
}

/** While TikTok stumbles, a page may have to be tried again. */
async function connectPatiently(service: Service, account: typeof harborGoods): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await service.connectShop(account);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** What clients do wrong, with everything personal in it. */
async function mistakes({ url, key, erp, operator }: Service, orderKey: string): Promise<string[]> {
  const document = {
    ShipmentNumber: 'BAD',
    ShipToAddress: shipTo,
    ShipmentLines: [{ ItemIdentifier: 7, Note: buyerMessage }],
  };
  const broken = `{"ShipToAddress":{"FirstName":"${buyer.name}"},`;
  const headers = { 'content-type': 'application/json', SubscriptionKey: key };
  const stranger = createErp(url, `${key.slice(0, -4)}AAAA`);
  const answers = [
    await erp.call('POST', `Orders/${orderKey}/Shipments`, { body: document }),
    await erp.call('POST', 'Shipments', { body: { ...document, PartnerPO: buyer.name.length } }),
    await erp.call('GET', 'Orders/999999999', { keyAs: 'query' }),
    await erp.call('GET', 'Nothing/Here', { keyAs: 'query' }),
    await erp.call('PUT', `Orders/${orderKey}/Status/Complete`, { keyAs: 'query' }),
    await stranger.call('GET', 'Orders', { keyAs: 'query' }),
    await erp.call('GET', `Explain?order=${encodeURIComponent('not a number')}`),
  ].map(({ text }) => text);
  const raw = await fetch(`${url}/api/v3/Shipments`, { method: 'POST', headers, body: broken });
  const logIn = await fetch(`${url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ login: operator.login, password: operator.password, _csrf: 'wrong' }),
  });
  const callback = await fetch(`${url}/connections/callback?code=TTP_notacodebutlookslikeone&state=nobody`);
  return [...answers, await raw.text(), await logIn.text(), await callback.text()];
}

/** Everything that lets somebody in, now and before its renewal. */
async function secretsOf({
  key,
  operator,
  encryptionKey,
  simulator,
  databaseUrl,
}: ServiceWorld): Promise<string[]> {
  const { tokens } = simulator.control.snapshot() as unknown as { tokens: { token: string }[] };
  const databasePassword = decodeURIComponent(new URL(databaseUrl).password);
  const all = [
    key,
    operator.password,
    encryptionKey,
    DEMO_APP_SECRET,
    databasePassword,
    ...tokens.map(({ token }) => token),
  ];
  return all.filter((secret) => secret.length > 5);
}

/** Keeps a copy of everything that is ever put on the queue. */
async function watchQueue(t: Test, { redisUrl, db }: ServiceWorld): Promise<() => string[]> {
  const seen: string[] = [];
  if (redisUrl) {
    const { hostname, port, password } = new URL(redisUrl);
    // By hand: ioredis has no MONITOR on the protocol that it speaks by default.
    const socket = connect(Number(port), hostname);
    socket.write(`${password ? `AUTH ${decodeURIComponent(password)}\r\n` : ''}MONITOR\r\n`);
    socket.on('data', (chunk) => seen.push(String(chunk)));
    t.teardown(() => socket.destroy());
    await once(socket, 'data');
    return () => seen;
  }
  await db.pool.query('CREATE TABLE public.seen_jobs (id serial, row text)');
  await db.pool.query(`CREATE FUNCTION public.keep_job() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.seen_jobs (row) VALUES (to_jsonb(NEW)::text); RETURN NEW; END $$`);
  const { rows } = await db.pool.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq'",
  );
  for (const { name } of rows)
    await db.pool.query(
      `CREATE TRIGGER keep AFTER INSERT OR UPDATE ON ${name} FOR EACH ROW EXECUTE FUNCTION public.keep_job()`,
    );
  let last = 0;
  const read = async (): Promise<void> => {
    const kept = await db.pool.query<{ id: number; row: string }>(
      'SELECT id, row FROM public.seen_jobs WHERE id > $1 ORDER BY id',
      [last],
    );
    last = kept.rows.at(-1)?.id ?? last;
    seen.push(...kept.rows.map(({ row }) => row));
  };
  const timer = setInterval(() => void read().catch(() => undefined), 200);
  t.teardown(() => clearInterval(timer));
  return () => seen;
}

/** What people and the API are shown as reasons. */
function storedTexts(world: ServiceWorld): Promise<string[]> {
  return rowsOf(world, [
    'events',
    'runs',
    'outbox',
    'outbox_attempts',
    'flows',
    'connections',
    'budgets',
    'shipment_packages',
  ]);
}

async function allTables(world: ServiceWorld): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'seen_jobs'",
  );
  return rowsOf(
    world,
    rows.map(({ name }) => name),
  );
}

async function rowsOf({ db }: ServiceWorld, tables: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const table of tables) {
    const { rows } = await db.pool.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM "${table}" t`,
    );
    texts.push(...rows.map(({ row }) => `${table}: ${row}`));
  }
  return texts;
}

/** Marker and place, cut so that a failure can be read. */
function found(markers: string[], texts: string[]): string[] {
  return texts.flatMap((text) =>
    markers
      .filter((marker) => text.includes(marker) || text.includes(encodeURIComponent(marker)))
      .map(
        (marker) =>
          `${marker} in ${text.slice(Math.max(0, text.indexOf(marker) - 120), text.indexOf(marker) + 60)}`,
      ),
  );
}
