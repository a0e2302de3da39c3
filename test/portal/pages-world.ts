import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser as Chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';
import { harborGoods, type ConnectedShop } from '../support/connect-shop.js';
import { wholeShipment, type ErpDocument } from '../support/erp.js';
import { startService, type Service } from '../support/start-service.js';
import { until } from '../support/waiting.js';

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
export const executablePath = places.find((path) => path !== undefined && existsSync(path));
/** Why nothing can be tried in a browser here. */
export const noChromium = executablePath ? false : 'no Chromium here; set CHROMIUM_PATH to run it';

/** Source of axe-core, to be run in a page. */
export const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface FilledService extends Service {
  shop: ConnectedShop;
  orders: ErpDocument[];
  /** Key of a shipment that TikTok has refused. */
  failedShipment: string;
  /** Numbers of what stands on the pages of setting up and of products. */
  setUp: {
    webhook: number;
    position: bigint;
    recipient: number;
    delivery: bigint;
    file: number;
    feed: number;
  };
}

/** The product with a shop, orders, a refused shipment, and a file with bad rows. */
export async function fillService(t: Test): Promise<FilledService> {
  const service = await startService(t);
  const shop = await service.connectShop(harborGoods);
  let orders: ErpDocument[] = [];
  await until('orders came in', async () => {
    orders = await service.erp.list('Orders');
    return orders.length >= 2;
  });
  const [first, second] = orders;
  if (!first || !second) throw new Error('The simulator has too few orders');
  const parcel = { tracking: '9400111899560000000017', carrier: 'USPS' };
  const sent = await service.erp.ship(first, wholeShipment(first, parcel));
  const isAt = async (key: string, status: number) => (await service.erp.shipment(key)).StatusCode === status;
  await until('the first shipment is there', () => isAt(sent, 1000));
  const failedShipment = await service.erp.ship(second, wholeShipment(second, parcel));
  await until('the second one was refused', () => isAt(failedShipment, 1200));
  const partner = (await service.db.prisma.connection.findFirstOrThrow()).partnerId;
  const form = new FormData();
  form.set(
    'file',
    new Blob(['SupplierSKU,Quantity\nNO-MATCH-1,5\nNO-MATCH-2,-3\n,4\nNO-MATCH-3,many\n']),
    'stock.csv',
  );
  await fetch(`${service.url}/api/v3/Inventory/${partner}`, {
    method: 'POST',
    headers: { SubscriptionKey: service.key },
    body: form,
  });
  const setUp = await fillSetUp(service, shop.connectionId, partner);
  return { ...service, shop, orders, failedShipment, setUp };
}

/** A webhook, an alert with somebody who is told of it, a file that came, one for the ERP, and a product. None of them calls anybody. */
async function fillSetUp(
  { db, companyId, url, key }: Service,
  connectionId: number,
  partner: number | null,
): Promise<FilledService['setUp']> {
  const { prisma } = db;
  const webhook = await prisma.webhookSubscription.create({
    data: {
      companyId,
      address: 'https://erp.example.com/hooks?token=hidden',
      topic: 'order',
      format: 'json',
      state: 'disabled',
      stateReason: 'Nothing was taken for five days.',
      position: 0n,
      failures: 4,
      failingSince: new Date(),
    },
  });
  const { position } = await prisma.event.findFirstOrThrow({ where: { position: { not: null } } });
  const message = { webhookId: webhook.id, position: position ?? 1n };
  await prisma.webhookMessage.create({
    data: {
      ...message,
      orderingKey: 'company',
      state: 'failed',
      attempts: 1,
      nextAttemptAt: new Date(),
      settledAt: new Date(),
      lastOutcome: 'answered 503',
    },
  });
  await prisma.webhookAttempt.create({
    data: { ...message, startedAt: new Date(), finishedAt: new Date(), status: 503, outcome: 'answered 503' },
  });
  const alert = {
    companyId,
    kind: 'failed-documents',
    cause: `${connectionId}:shipment`,
    connectionId,
    title: '1 shipment of Harbor Goods failed.',
    next: 'See the shipments.',
    link: `/shipments?view=problems&shop=${connectionId}`,
    count: 1,
    beganAt: new Date(),
  };
  await prisma.alert.create({ data: alert });
  await prisma.alert.create({ data: { ...alert, cause: 'over', endedAt: new Date() } });
  const recipient = await prisma.alertRecipient.create({
    data: {
      companyId,
      address: 'ops@example.com',
      digest: 'daily',
      kindsOff: ['products'],
      timeZone: 'Europe/Berlin',
      quietFrom: 1320,
      quietTo: 420,
      lastOutcome: 'taken',
    },
  });
  const call = (path: string, body: string, type = 'application/json', method = 'POST') =>
    fetch(`${url}/api/${path}`, {
      method,
      headers: { SubscriptionKey: key, 'content-type': type },
      body,
    });
  const profile = { name: 'erp', channel: 'http', format: 'csv', documents: ['order'] };
  await call(
    'v3/Settings/Company',
    JSON.stringify({ Settings: { deliveryProfiles: [profile] } }),
    undefined,
    'PUT',
  );
  await fetch(`${url}/api/v3/Deliveries`, { headers: { SubscriptionKey: key } });
  const delivery = await prisma.delivery.findFirstOrThrow();
  const shipments = 'PartnerPO,ShipmentNumber,ShipmentLines.Quantity\n98,TRIED-1,1\n';
  await call('v3/Shipments/Import?dryRun=true', shipments, 'text/csv');
  const file = await prisma.documentFile.findFirstOrThrow();
  await call(
    `v1/Product/${partner}`,
    JSON.stringify([{ 'Merchant SKU': 'MUG', Title: 'Mug', Category: 'none' }]),
  );
  const feed = await prisma.import.findFirstOrThrow({ where: { kind: 'product' } });
  return {
    webhook: webhook.id,
    position: message.position,
    recipient: recipient.id,
    delivery: delivery.id,
    file: file.id,
    feed: feed.id,
  };
}

export async function openChromium(t: Test): Promise<Chromium> {
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });
  t.teardown(() => browser.close());
  return browser;
}

/** Screenshots for people; nothing compares them. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = join(tmpdir(), 'connector-screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Logs in with the form. */
export async function logInTo(page: Page, service: Service): Promise<void> {
  await page.goto(`${service.url}/login`);
  await page.getByLabel('Login').fill(service.operator.login);
  await page.getByLabel('Password').fill(service.operator.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}
