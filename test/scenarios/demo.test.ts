/** `npm start` as a new user has it: no setting but where data and ports are. The commands are the README's own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { postgresFolders } from '../../src/demo/postgres-folders.js';
import { findPlace } from '../../src/demo/postgres-place.js';
import { connectShop, harborGoods } from '../support/connect-shop.js';
import { createErp } from '../support/erp.js';
import { freePort, startProcess, type ServiceProcess } from '../support/service-process.js';
import { until as untilWithin } from '../support/waiting.js';

const READY_WITHIN_MS = 30_000;

t.setTimeout(170_000);
const parent = await mkdtemp(join(tmpdir(), 'connector-demo-'));
const folder = join(parent, 'my data');
await mkdir(folder);
t.teardown(async () => {
  await killPostgres();
  const elsewhere = await findPlace(postgresFolders(folder));
  for (const place of [elsewhere, parent]) if (place) await rm(place, { recursive: true, force: true });
});
const [port, simulatorPort] = [await freePort(), await freePort()];
const url = `http://127.0.0.1:${port}`;
const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
const erp = createErp(url, 'demo');

interface Demo extends ServiceProcess {
  output(): string;
}

function demo(t: Test, environment: Record<string, string> = {}): Demo {
  const ports = { PORT: String(port), SIMULATOR_PORT: String(simulatorPort) };
  const started = startProcess(t, { DATA_DIR: folder, ...ports, ...environment }, { ownGroup: true });
  return { ...started, output: () => started.lines.join('\n') };
}

async function readyDemo(t: Test): Promise<Demo> {
  const started = demo(t);
  const ready = (): boolean => started.output().includes('Ctrl-C ends everything');
  await untilWithin('banner of the demo', () => ready() || !started.running(), READY_WITHIN_MS, 50);
  t.ok(ready(), started.output());
  return started;
}

await t.test('npm start is ready within 30 s, on loopback only, and tells what to do next', async (t) => {
  const started = await readyDemo(t);
  t.match(started.output(), url);
  t.match(started.output(), simulatorUrl);
  t.match(started.output(), `curl '${url}/api/v3/Orders/Ready?subscription-key=demo'`);
  t.equal((await fetch(`${url}/health/ready`)).status, 200);
  for (const address of otherAddresses()) {
    t.notOk(await accepts(address, port), `the API does not listen on ${address}`);
    t.notOk(await accepts(address, simulatorPort), `the simulator does not listen on ${address}`);
  }
  await storyOfTheReadme(t);
  await endsInOrder(t, started);
});

await t.test('a second start goes on with orders, shipments and tokens of the first', async (t) => {
  const started = await readyDemo(t);
  await dataIsKept(t);
  t.match(
    await refusedStart(t, { PORT: '0', SIMULATOR_PORT: '0' }),
    /Another start \(process \d+\) works on .*my data/,
  );
  const elsewhere = await refusedStart(t, { DATA_DIR: join(parent, 'other') });
  t.match(elsewhere, new RegExp(`Port ${port} .*in use.*PORT=`));
  t.match(elsewhere, new RegExp(`Port ${simulatorPort} .*in use.*SIMULATOR_PORT=`));
  await endsInOrder(t, started);
});

await t.test('a start after kill -9 goes on as well', async (t) => {
  const killed = await readyDemo(t);
  killed.signal('SIGKILL');
  t.equal(await killed.ended, 'SIGKILL');
  const started = await readyDemo(t);
  t.match(started.output(), 'taken over from a start that was killed');
  await dataIsKept(t);
  await endsInOrder(t, started);
});

/** Steps 1 to 6 of "Try it in five minutes". */
async function storyOfTheReadme(t: Test): Promise<void> {
  const operator = { login: 'demo', password: 'demo' };
  await connectShop({ url, simulator: { url: simulatorUrl }, operator }, harborGoods);
  const [ready, explain, ship, status, effects] = await curlsOfTheReadme();
  if (!ready || !explain || !ship || !status || !effects) throw new Error('the README has lost a command');
  await until('four orders', async () => (await erp.list('Orders/Ready')).length === 4);
  t.match(await shell(ready), /"LogicbrokerKey":"1001".*"LogicbrokerKey":"1004"/s);
  await until('the return', async () => (await erp.list('Returns/Ready')).length === 1);

  const orders = (await (await fetch(`${simulatorUrl}/_control/orders?status=ON_HOLD`)).json()) as Order[];
  const held = orders.find(({ shopId }) => shopId === harborGoods.shopId)?.id ?? '';
  const page = await (await fetch(simulatorUrl)).text();
  t.match(page, held, "the id is on the simulator's page");
  const explained = await shell(explain.replace(/order=\d+/, `order=${held}`));
  t.match(explained, /"State":"waiting"/);

  t.match(await shell(ship), /"Code":"201".*"LogicbrokerKey":"1006"/s);
  await until('the end of the shipment', async () => (await shell(status)).includes('"Complete"'));
  const pageAfter = await (await fetch(simulatorUrl)).text();
  t.match(pageAfter, '9400111899560000000017', 'the page shows what the simulator received');
  t.match(await shell(effects), /"kind":"[^"]*ship[^"]*".*9400111899560000000017/is);
}

interface Order {
  id: string;
  shopId: string;
}

/** With its hosts and ports replaced by ours. */
async function curlsOfTheReadme(): Promise<string[]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const section = readme.split('## Try it in five minutes')[1]?.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split(/^(?= *curl )/m))
    .map((command) => command.trim())
    .filter((command) => command.startsWith('curl '))
    .map((command) =>
      command.replaceAll('http://127.0.0.1:3000', url).replaceAll('http://127.0.0.1:3001', simulatorUrl),
    );
}

async function shell(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return output;
}

async function dataIsKept(t: Test): Promise<void> {
  t.match(await erp.order('1001'), { PartnerPO: /^\d+$/, StatusCode: 500 });
  t.equal((await erp.shipment('1006')).StatusCode, 1000);
  const last = async (): Promise<string> => (await erp.tasks())[0]?.LastSuccess ?? '';
  const before = await last();
  await until('a pull with the kept tokens', async () => {
    await erp.triggerAll();
    return (await last()) > before;
  });
  t.equal((await erp.list('Orders')).length, 4, 'no order came twice');
}

/** Ctrl-C reaches the whole process group at once, as at a terminal. */
async function endsInOrder(t: Test, started: Demo): Promise<void> {
  const postgres = await postgresPid();
  t.ok(postgres && isAlive(postgres), 'PostgreSQL runs');
  started.signalGroup('SIGINT');
  t.equal(await started.ended, 0);
  t.notOk(postgres && isAlive(postgres), 'PostgreSQL has ended');
  t.notOk(await accepts('127.0.0.1', simulatorPort), 'the simulator has ended');
}

async function refusedStart(t: Test, environment: Record<string, string>): Promise<string> {
  const refused = demo(t, environment);
  t.equal(await refused.ended, 1);
  t.notMatch(refused.output(), /\n {4}at /, 'words, not a stack');
  return refused.output();
}

function until(what: string, happened: Parameters<typeof untilWithin>[1]): Promise<void> {
  return untilWithin(what, happened, 20_000, 100);
}

/** Of the server on our data, wherever that is; null when it has left no file. */
async function postgresPid(): Promise<number | null> {
  const place = await findPlace(postgresFolders(folder));
  const file = await readFile(join(place ?? folder, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => null);
  return file ? Number(file.split('\n')[0]) : null;
}

/** What a test that failed in the middle has left behind. */
async function killPostgres(): Promise<void> {
  const pid = await postgresPid();
  if (pid && isAlive(pid)) process.kill(pid, 'SIGINT');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function otherAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .flatMap((entry) => (entry && !entry.internal && entry.family === 'IPv4' ? [entry.address] : []));
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}
