import t from 'tap';
import { startWorld } from '../shipments/world.js';

await t.test(
  'only TikTok’s own word makes a listing gone: a frozen one is refused, a deleted one is null',
  async (t) => {
    const world = await startWorld(t);
    const { control } = world;
    const { connection, shopId } = await world.connect('US');
    const { api } = await world.deps.openShop(connection.id, 'urgent');
    const add = (sellerSku: string) =>
      control.addProduct(shopId, {
        title: 'A product that is read',
        skus: [{ sellerSku, price: '10.00', stock: 1 }],
      }).id;
    const [live, frozen, deleted] = [add('READ-1'), add('READ-2'), add('READ-3')];
    control.productAct(frozen, { type: 'platform_freezes' });
    control.patchProduct(deleted, { status: 'DELETED' });
    t.match(await api.readLatestListing(live), {
      productId: live,
      status: 'ACTIVATE',
      skus: [{ sellerSku: 'READ-1' }],
    });
    await t.rejects(api.readLatestListing(frozen), { code: 'tiktok-refused' });
    t.equal(await api.readLatestListing(deleted), null);
    t.equal(await api.readLatestListing('1729999999999999999'), null);
  },
);
