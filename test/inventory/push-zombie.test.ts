import t, { type Test } from 'tap';
import type { OpenShop } from '../../src/connections/open-shop.js';
import { testDatabase } from '../support/database.js';
import { startPushWorld, type PushWorld } from './push-world.js';

const db = await testDatabase(t);
const STOCK_CALL = '/product/202309/products/*/inventory/update';
/** A push after everything that TikTok may still carry out is over. */
const afterDoubt = { deps: { clock: { now: () => new Date(Date.now() + 200_000) } } };

/** As for a worker that was stopped for longer than its lease: another one may begin. */
async function loseLease(shop: PushWorld): Promise<void> {
  await db.prisma.flow.updateMany({
    where: { connectionId: shop.connection.id, name: 'push-inventory' },
    data: { leaseUntil: new Date(0), leaseToken: { increment: 1 } },
  });
}

function newGate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function startSold(test: Test): Promise<PushWorld> {
  const shop = await startPushWorld(test, db);
  shop.addProduct(['ZOMBIE']);
  await shop.readCatalogue();
  await shop.feed({ sku: 'ZOMBIE', quantity: 5 });
  return shop;
}

await t.test(
  'a push that is stopped before its call and goes on after its lease sends nothing',
  async (t) => {
    const shop = await startSold(t);
    const reached = newGate();
    const goesOn = newGate();
    const stopping: OpenShop = async (...which) => {
      const opened = await shop.deps.openShop(...which);
      return {
        ...opened,
        api: {
          ...opened.api,
          async updateStock(...call) {
            reached.open();
            await goesOn.opened;
            return opened.api.updateStock(...call);
          },
        },
      };
    };
    const first = shop.push({ deps: { openShop: stopping } });
    await reached.opened;
    await loseLease(shop);
    await shop.feed({ sku: 'ZOMBIE', quantity: 7 });
    await shop.push();
    t.equal(shop.inTikTok('ZOMBIE').available, 7);
    goesOn.open();
    t.match((await first).outcome, /lease-lost|interrupted/);
    t.equal(shop.inTikTok('ZOMBIE').available, 7, 'nothing has left');
    t.equal(shop.sent().stock, 1);
  },
);

await t.test('a call of a lost lease that TikTok carries out late is put right, for good', async (t) => {
  const shop = await startSold(t);
  shop.simulator.control.addFault({ kind: 'delay', ms: 4_000, match: { path: STOCK_CALL }, times: 1 });
  const first = shop.push();
  for (let tries = 0; tries < 300; tries++) {
    // The doubt is noted before the call leaves.
    if ((await db.prisma.sentValue.count({ where: { shopId: shop.shopId, stockDoubts: { not: [] } } })) > 0)
      break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  await loseLease(shop);
  await shop.feed({ sku: 'ZOMBIE', quantity: 7 });
  await shop.push();
  t.equal(shop.inTikTok('ZOMBIE').available, 7, 'the newest value does not wait for the older call');
  t.match((await first).outcome, /lease-lost|interrupted/);
  t.equal(shop.inTikTok('ZOMBIE').available, 5, 'the older call was carried out after it');
  await shop.push(afterDoubt);
  t.equal(shop.inTikTok('ZOMBIE').available, 7);
  t.match(await shop.item('ZOMBIE'), { pushState: 'sent', unsentSince: null });
  t.equal((await shop.push(afterDoubt)).outcome, 'nothing-to-do');
});
