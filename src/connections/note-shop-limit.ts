import { systemActor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import type { Environment } from '../domain/shop.js';
import { toIsoSeconds } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import type { ShopLimit } from '../sync/budgets/shop-limits.js';
import { SHOP_INACTIVE } from '../tiktok/shop-inactive.js';
import { listConnections, lockConnection, updateConnection } from './connection-store.js';

const BY_TIKTOK = systemActor('call-budgets', 'service');

/**
 * Writes what TikTok has said of a whole shop to its connection and its history. The connection stays active: its flows find
 * out by themselves when TikTok takes calls again.
 * @param limit null: it takes them again
 */
export async function noteShopLimit(
  db: Database,
  shop: { environment: Environment; shopId: string },
  limit: ShopLimit | null,
): Promise<void> {
  for (const { id } of await listConnections(db.prisma, { shop })) {
    await db.transaction(async (tx) => {
      const { companyId, name, status } = await lockConnection(tx, { id });
      if (status === 'active' && limit?.kind !== 'hourly') {
        await updateConnection(tx, id, { statusReason: limit ? SHOP_INACTIVE.text : null });
      }
      await recordEvents(tx, BY_TIKTOK, [{ companyId, connectionId: id, ...eventOf(name, limit) }]);
    });
  }
}

function eventOf(name: string, limit: ShopLimit | null) {
  if (limit === null) {
    return {
      event: 'shop-active' as const,
      summary: `TikTok takes the calls of ${name} again.`,
      details: 'What has waited goes on by itself.',
    };
  }
  if (limit.kind === 'inactive') {
    return {
      event: 'shop-inactive' as const,
      summary: `TikTok refuses all calls of ${name}: the seller or the shop is inactive.`,
      details: SHOP_INACTIVE.next,
    };
  }
  return {
    event: 'shop-limited' as const,
    summary: `${name} has used up its calls of this hour, as test shops do: TikTok lets all of them together make 1,000.`,
    details: `No call leaves before ${toIsoSeconds(limit.blockedUntil)}; then the service calls slower for this shop. Other shops are not affected.`,
  };
}
