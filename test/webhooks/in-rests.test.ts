import { createHmac, randomBytes } from 'node:crypto';
import t from 'tap';
import { loadConfig } from '../../src/config/config.js';
import { checkWebhooks } from '../../src/doctor/webhook-check.js';
import { systemClock } from '../../src/kernel/time.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET } from '../../src/simulator/server.js';
import type { Database } from '../../src/store/database.js';
import { createTakeWebhook } from '../../src/webhooks/in/take-webhooks.js';
import { silentLog } from '../support/logs.js';
import { until } from '../support/waiting.js';
import { startWebhookService } from '../support/webhook-service.js';
import { commandLine, openAlready } from '../support/command-line.js';

t.setTimeout(120_000);
const service = await startWebhookService(t);
const { db, databaseUrl } = service;
const { connectionId } = service.shop;
const publicUrl = new URL(service.webhookUrl).origin;

await t.test('the doctor tells which shops are told of changes, and why others are not', async (t) => {
  const set = (data: object) => db.prisma.webhookWatch.update({ where: { connectionId }, data });
  const states = async (url: string | null = publicUrl) =>
    (await checkWebhooks(db, { publicUrl: url }))
      .map(({ state, detail }) => `${state}: ${detail}`)
      .join('\n');
  t.match(await states(), /^ok: 1 connections are told of changes$/);
  t.match(await states(null), /^warn: .*PUBLIC_URL is not set/);
  const before = await db.prisma.webhookWatch.findUniqueOrThrow({ where: { connectionId } });
  await set({ state: 'refused', reason: 'TikTok does not take it.' });
  t.match(
    await states(),
    new RegExp(`^warn: TikTok sends no webhooks for connection ${connectionId} .*TikTok does not take it`),
  );
  await set({ state: 'elsewhere', reason: 'Another address is set.' });
  t.match(await states(), /Another address is set/);
  await set({ state: 'registered', reason: null, silentSince: new Date('2026-11-30T08:00:00Z') });
  t.match(await states(), /have gone silent; the last one came before 2026-11-30T08:00:00/);
  await set({ state: 'off', reason: null, silentSince: null });
  t.match(await states(), /No webhooks are registered yet/);
  await set({ state: before.state, reason: before.reason, silentSince: before.silentSince });
  await db.prisma.connection.update({ where: { id: connectionId }, data: { status: 'paused' } });
  t.match(await states(), /^ok: no shop is connected yet$/);
  await db.prisma.connection.update({ where: { id: connectionId }, data: { status: 'active' } });
});

await t.test('a flood of forged calls asks no database, and holds no memory', async (t) => {
  let asked = 0;
  const nobody = new Proxy({} as Database, {
    get() {
      asked += 1;
      throw new Error('The database was asked.');
    },
  });
  const app = {
    environment: 'simulator',
    appKey: DEMO_APP_KEY,
    appSecret: DEMO_APP_SECRET,
    serviceId: '1',
  } as const;
  const deps = { clock: systemClock, log: silentLog, tiktok: { apps: { simulator: app } } };
  const take = createTakeWebhook({ ...deps, db: nobody, wakeFlow: async () => undefined });
  const body = randomBytes(60 * 1024);
  const flood = async (calls: number): Promise<void> => {
    for (let nth = 0; nth < calls; nth++) {
      const header = createHmac('sha256', 'guessed').update(String(nth)).digest('hex');
      if ((await take({ header, body })) !== 'forged') t.fail('a forged call was taken');
    }
  };
  await flood(500);
  const before = process.memoryUsage().heapUsed;
  await flood(5_000);
  const grownBytes = process.memoryUsage().heapUsed - before;
  t.equal(asked, 0);
  t.ok(grownBytes < 32 * 1024 * 1024, `${grownBytes} bytes more after 5,000 calls of 60 kB`);
});

await t.test('a shop that is closed on the command line takes its webhooks back', async (t) => {
  const { control } = service.simulator;
  t.ok(control.webhooks().length > 0);
  const config = () => loadConfig({ ...service.environment, PUBLIC_URL: publicUrl });
  const cli = commandLine({ ...openAlready(db, databaseUrl), config });
  const { code, text } = await cli('close-connection', String(connectionId));
  t.equal(code, 0, text);
  t.match(text, /is closed\.\nTikTok sends no more webhooks for it\./);
  await until('no webhook is left', () => control.webhooks().length === 0);
  t.equal((await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } })).status, 'closed');
});
