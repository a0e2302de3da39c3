import { recordEvents } from '../../documents/document-store.js';
import { messageOf } from '../../kernel/errors.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import type { Effect, StockValue } from '../rules/push-plan.js';
import { whatUpdateSet, type UpdatesSet } from '../rules/updates-set.js';
import { readStock } from './push-read.js';
import { saveCursor, type Push } from './push-state.js';
import { reopenAll } from './push-store.js';

/**
 * Reads back a shop's first writes of SKUs with open orders, until they have told what an update sets. Where it sets what
 * lies in the house, TikTok has too few pieces on sale: that is told, all items are decided anew, and the open pieces are
 * added from then on.
 */
export async function learnFromWrites(push: Push, taken: readonly Effect<StockValue>[]): Promise<void> {
  const { deps, run, shop, target } = push;
  const telling = shop.updatesSet === null ? taken.filter(hasCommitted) : [];
  if (telling.length === 0) return;
  const told = await readBack(push, telling);
  const [first] = told;
  if (!first || told.some(({ set }) => set !== first.set)) return;
  shop.updatesSet = first.set;
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await saveCursor(push, tx);
    if (first.set === 'on_hand') await reopenAll(tx, target.connectionId, deps.clock.now());
  });
  if (first.set === 'on_hand') await alarm(push, first);
}

function hasCommitted({ facts }: Effect<StockValue>): boolean {
  return (facts.read?.warehouses ?? []).some(({ committed }) => (committed ?? 0) > 0);
}

interface Told {
  set: UpdatesSet;
  supplierSku: string;
  sent: number;
  available: number;
  committed: number;
}

async function readBack(push: Push, effects: readonly Effect<StockValue>[]): Promise<Told[]> {
  const { deps, run } = push;
  try {
    const api = await push.apiOf(run.flow.lane);
    const reads = await readStock(
      { api, clock: deps.clock },
      effects.map(({ skuId }) => skuId),
    );
    return effects.flatMap(({ facts, item, skuId, value }) =>
      value.stock.flatMap(({ warehouseId, quantity: sent }): Told[] => {
        const before = facts.read?.warehouses.find(({ id }) => id === warehouseId);
        const after = reads.get(skuId)?.warehouses.find(({ id }) => id === warehouseId);
        const set = before && after ? whatUpdateSet(sent, before, after) : null;
        if (!set || !after) return [];
        const { available, committed } = after;
        return [{ set, supplierSku: item.supplierSku, sent, available, committed: committed ?? 0 }];
      }),
    );
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    // The next such write tells it as well.
    deps.log.warn(
      { connectionId: push.target.connectionId, reason: messageOf(error) },
      'stock not read back',
    );
    return [];
  }
}

async function alarm(
  { deps, run, target }: Push,
  { supplierSku, sent, available, committed }: Told,
): Promise<void> {
  const { companyId, connectionId } = target;
  await recordEvents(deps.db.prisma, run.by, [
    {
      companyId,
      connectionId,
      event: 'inventory-update-sets-on-hand',
      summary: 'TikTok takes pieces of open orders off what it is sent: they are added from now on.',
      details: `${supplierSku} was sent as ${sent}; TikTok then showed ${available} to sell and ${committed} in open orders. All quantities are compared again, and what was too low is put right.`,
    },
  ]);
}
