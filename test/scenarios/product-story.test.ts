import t from 'tap';
import { handMugPictureOver, mugColumns } from '../products/mug.js';
import { harborGoods } from '../support/connect-shop.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(180_000);

interface Told {
  Body: { ProductListing?: object; State: string; TikTokProductId?: string; Sent: boolean };
}

await t.test(
  'the article’s first flow: an ERP posts a product feed, the product is reviewed, comes on sale, and its stock is pushed',
  async (t) => {
    const service = await startService(t, { environment: { TIKTOK_RATE_FACTOR: '50' } });
    const { erp, db, simulator } = service;
    const { control } = simulator;
    const { shopId } = harborGoods;
    control.setBehaviour({ productAuditSec: 1 });
    const { connectionId } = await service.connectShop(harborGoods);
    const settings = { autoMatch: true, pushOnChange: true };
    const { partnerId } = await db.prisma.connection.update({
      where: { id: connectionId },
      data: { settings },
    });
    await until('the catalogue', async () => {
      const flow = await db.prisma.flow.findFirst({ where: { connectionId, name: 'pull-catalogue' } });
      return flow?.watermark != null;
    });
    const name = await handMugPictureOver(service, partnerId);
    const feed = await erp.call<{ Imports: { ImportId: number }[] }>('POST', `Product/${partnerId}`, {
      version: 'v1',
      body: [
        {
          'Merchant SKU': 'STORY-MUG',
          Title: 'Stoneware mug with a glazed inside and a big handle',
          'Image 1': name,
          ...mugColumns,
        },
      ],
    });
    const number = feed.json.Imports[0]?.ImportId;
    const items = await erp.call('GET', `Product/${partnerId}/${number}/Items`, { version: 'v1' });
    const sent = await erp.call<{ Body: string }>('PUT', `Product/${partnerId}/${number}`, { version: 'v1' });
    t.match(sent.json.Body, /^1 products/, items.text);
    const told = async (): Promise<Told['Body']> =>
      (await erp.call<Told>('GET', `Product/${partnerId}/Listings/STORY-MUG`)).json.Body;
    await until('the product', () => control.stock(shopId, 'STORY-MUG').length === 1);
    await until('its number here', async () => (await told()).TikTokProductId !== undefined);
    // Reviews are asked for in minutes; a person who presses Run now does not wait.
    await until(
      'the end of its review',
      async () => {
        await db.prisma.productPush.updateMany({ where: { connectionId }, data: { reviewAt: new Date(0) } });
        const { id } = await db.prisma.flow.findFirstOrThrow({
          where: { connectionId, name: 'push-products' },
        });
        await erp.call('PUT', `Settings/ScheduledTasks/Trigger?id=${id}`);
        return (await told()).State === 'Live';
      },
      60_000,
      1_000,
    );
    await erp.call('POST', `Inventory/${partnerId}`, {
      body: [{ SupplierSKU: 'STORY-MUG', Quantity: 41, Cost: 13 }],
    });
    await until('its stock', () => control.stock(shopId, 'STORY-MUG')[0]?.available === 41);
    await until('its price', () => control.stock(shopId, 'STORY-MUG')[0]?.price === '13.00');
    t.match(await told(), { State: 'Live', Sent: true });
  },
);
