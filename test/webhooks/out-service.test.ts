import t from 'tap';
import { recordEvents } from '../../src/documents/document-store.js';
import { erpOf } from '../support/actors.js';
import { createErp, type Erp } from '../support/erp.js';
import { openServiceWorld } from '../support/service-world.js';
import { freePort, startProcess, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/waiting.js';
import { isSigned, startReceiver } from './receiver.js';

t.setTimeout(170_000);
const world = await openServiceWorld(t);
const { db, companyId } = world;
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const erp: Erp = createErp(url, world.key);
const environment = {
  ...world.environment,
  NODE_ENV: 'development',
  PORT: String(port),
  PRIVATE_HOSTS: '127.0.0.1',
  LEASE_SECONDS: '5',
};

async function start(): Promise<ServiceProcess> {
  const started = startProcess(t, environment);
  await until(
    'the service',
    async () => {
      if (!started.running()) throw new Error(started.lines.join('\n'));
      return fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    60_000,
    200,
  );
  return started;
}

const tell = (event: 'company-changed' | 'lookup-changed' = 'company-changed') =>
  db.transaction((tx) => recordEvents(tx, erpOf(companyId), [{ companyId, event, summary: 'x' }]));
const create = async (Address: string, Topic = 'company') => {
  const { json, text } = await erp.call<{ Body: string }>('POST', 'Webhooks', {
    body: { Format: 'json', Address, Topic },
  });
  t.match(json.Body, /^\d+$/, text);
  return Number(json.Body);
};
const body = async <Body>(path: string, method = 'GET', data?: object) =>
  (await erp.call<{ Body: Body }>(method, path, data ? { body: data } : {})).json.Body;

let service = await start();

await t.test('a webhook is made, told, tried, changed and removed by Logicbroker’s calls', async (t) => {
  const receiver = await startReceiver(t);
  const id = await create(receiver.url);
  t.match(await body(`Webhooks/${id}`), {
    Id: id,
    Format: 'json',
    Address: receiver.url,
    Topic: 'company',
    Enabled: true,
  });
  const { SharedSecret } = await body<{ SharedSecret: string }>(`Webhooks/${id}/Secret`);
  t.notMatch((await erp.call('GET', 'Webhooks')).text, SharedSecret, 'no list shows a secret');
  await tell();
  await until('the message', () => receiver.received.length === 1);
  t.ok(isSigned(receiver.received[0]!, SharedSecret));
  t.match(await body(`Webhooks/${id}/Test`), /has taken it: answered 204/);
  t.ok(isSigned(receiver.received[1]!, SharedSecret));
  t.match(receiver.received[1]!.id, /^msg_test_/);
  const { json } = await erp.call<{ Records: { MessageId: string }[] }>(
    'GET',
    `Webhooks/${id}/Messages?state=delivered`,
  );
  t.match(json.Records, [
    { MessageId: receiver.ids()[0], State: 'delivered', Attempts: 1, LastOutcome: 'answered 204' },
  ]);
  t.match(await body(`Webhooks/${id}/Messages/${receiver.ids()[0]}/Attempts`), [
    { Status: 204, Outcome: 'answered 204' },
  ]);
  t.match(await body(`Webhooks/${id}/Replay`, 'POST', { MessageId: receiver.ids()[0] }), { Messages: 1 });
  await until('the replay', () => receiver.received.length === 3);
  t.equal(receiver.ids()[2], receiver.ids()[0]);
  const changed = { Format: 'json', Address: receiver.url, Topic: 'settings', Enabled: false };
  t.equal(await body(`Webhooks/${id}`, 'PUT', changed), id);
  t.match(await body(`Webhooks/${id}`), { Topic: 'settings', Enabled: false });
  const rotated = await body<{ SharedSecret: string }>(`Webhooks/${id}/RotateSecret`, 'POST', {
    GraceHours: 1,
  });
  t.match(await body(`Webhooks/${id}/Secret`), {
    SharedSecret: rotated.SharedSecret,
    OldSharedSecret: SharedSecret,
  });
  t.equal(await body(`Webhooks/${id}`, 'DELETE'), id);
  t.equal((await erp.call('GET', `Webhooks/${id}`)).status, 404);
  t.match(await body('Webhooks'), []);
  const wrong = { Format: 'xml', Address: 'https://10.0.0.1/', Topic: 'nothing', SharedSecret: 'word' };
  const refused = await erp.call('POST', 'Webhooks', { body: wrong });
  t.equal(refused.status, 400);
  for (const field of Object.keys(wrong)) t.match(refused.text, `"Field":"${field}"`);
});

await t.test('many receivers that never answer delay no other one', async (t) => {
  const silent = await startReceiver(t);
  silent.answer(() => undefined);
  const receiver = await startReceiver(t);
  const hung = [];
  for (let nth = 0; nth < 12; nth++) hung.push(await create(`${silent.url}/${nth}`));
  const id = await create(receiver.url);
  await tell();
  await until('calls that hang', () => silent.received.length >= 12, 20_000);
  await tell();
  await until('both messages', () => receiver.received.length === 2, 10_000);
  t.ok((await erp.list('Orders')).length === 0, 'and the API answers');
  for (const one of [...hung, id]) await erp.call('DELETE', `Webhooks/${one}`);
});

await t.test(
  'a process that is killed in the middle of a call sends it again under the same id',
  async (t) => {
    const receiver = await startReceiver(t);
    receiver.answer(() => undefined);
    const id = await create(receiver.url);
    await tell();
    await until('the call', () => receiver.received.length === 1);
    service.signal('SIGKILL');
    await service.ended;
    receiver.answer();
    service = await start();
    await until('the same message', () => receiver.received.length === 2, 60_000);
    t.equal(receiver.ids()[0], receiver.ids()[1]);
    await until('its end', async () => {
      const { json } = await erp.call<{ Records: object[] }>(
        'GET',
        `Webhooks/${id}/Messages?state=delivered`,
      );
      return json.Records.length === 1;
    });
    const attempts = await body<{ FinishedAt?: string }[]>(
      `Webhooks/${id}/Messages/${receiver.ids()[0]}/Attempts`,
    );
    t.match(attempts, [{ Status: 204 }, {}]);
    t.equal(attempts[1]?.FinishedAt, undefined, 'the call that was cut off is seen');
    const leaked = service.lines.filter((line) => line.includes(receiver.url) || line.includes('whsec_'));
    t.same(leaked, [], 'no log names an address or a secret');
  },
);
