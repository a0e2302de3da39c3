import t from 'tap';
import { resendAll, sentenceOfZeroOut, zeroOut } from '../../src/inventory/items/change-items.js';
import { somebody } from '../support/actors.js';
import { testDatabase } from '../support/database.js';
import { startPushWorld } from './push-world.js';

const db = await testDatabase(t);

await t.test('ZeroOut and Resend tell at once what cannot be sent, and why', async (t) => {
  const shop = await startPushWorld(t, db);
  const { connection, deps } = shop;
  for (const sku of ['SOLD', 'TWICE', 'TWICE']) shop.addProduct([sku]);
  const items = [
    { sku: 'SOLD', quantity: 4 },
    { sku: 'TWICE', quantity: 5 },
    { sku: 'GONE', quantity: 6 },
    { sku: 'ALONE', merchantSku: null, quantity: 7 },
  ];
  await shop.feed(...items);
  const press = async () => sentenceOfZeroOut(connection, await zeroOut(deps, connection, somebody));
  t.equal(
    await press(),
    '4 quantities were set to 0, and 3 of them are being sent. 1 cannot be sent: 1 not matched; see NotSent.',
    'what TikTok has is not known before its catalogue was read',
  );
  await shop.readCatalogue();
  const rest =
    '3 cannot be sent: 1 not matched, 1 not in TikTok, 1 ambiguous (several live SKUs in TikTok have the merchant SKU); see NotSent.';
  t.equal(await press(), `4 quantities were set to 0, and 1 of them are being sent. ${rest}`);
  t.equal(await resendAll(deps, connection, somebody), `1 items are sent again with the next push. ${rest}`);
  await shop.push();
  t.equal(shop.inTikTok('SOLD').available, 0);
  await db.prisma.inventoryItem.deleteMany({
    where: { connectionId: connection.id, supplierSku: { not: 'SOLD' } },
  });
  t.equal(await press(), '1 quantities were set to 0, and they are being sent.');
});
