import { createServer, type AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { startService, type Service } from './start-service.js';
import { harborGoods, type ConnectedShop, type ShopAccount } from './connect-shop.js';
import { until } from './waiting.js';

export interface WebhookService extends Service {
  shop: ConnectedShop;
  /** Where TikTok sends its webhooks. */
  webhookUrl: string;
}

/** The product with a PUBLIC_URL, one shop connected to it, its webhooks registered and its first pulls done. */
export async function startWebhookService(
  t: Test,
  account: ShopAccount = harborGoods,
): Promise<WebhookService> {
  const port = String(await freePort());
  const PUBLIC_URL = `http://127.0.0.1:${port}`;
  const service = await startService(t, { environment: { PORT: port, PUBLIC_URL } });
  const shop = await service.connectShop(account);
  const { db, simulator } = service;
  await until('registration of the webhooks', () => simulator.control.webhooks().length > 0);
  await until('the first pulls', async () => {
    const left = await db.prisma.flow.count({
      where: { name: { in: [...PULLS, 'keep-webhooks'] }, lastSuccessAt: null },
    });
    return left === 0;
  });
  return { ...service, shop, webhookUrl: `${PUBLIC_URL}/webhooks/tiktok` };
}

const PULLS = ['pull-orders', 'pull-cancellations', 'pull-returns', 'pull-catalogue'];

/** Nothing is pulled any more: what arrives now was told by a webhook. */
export async function stopPolling({ db }: Service): Promise<void> {
  await db.pool.query('UPDATE flows SET enabled = false WHERE name = ANY($1)', [PULLS]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
