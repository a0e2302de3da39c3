import { pushInventoryFlow } from '../inventory-flows.js';
import { REMOVED } from '../../domain/product.js';
import { findConnection } from '../../connections/connection-store.js';
import { readerOf, type Reader } from '../../store/bulk-reader.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Database } from '../../store/database.js';
import type { ExpectedFinish, ForecastFinish } from '../../sync/budgets/expected-finish.js';
import { endpointName, endpoints } from '../../tiktok/endpoints.js';
import { undecided } from './push-store.js';
import type { Environment } from '../../domain/shop.js';

interface ExpectPushDeps {
  db: Database;
  forecast: ForecastFinish;
  /** Our app of an environment, under which calls are budgeted. */
  appKeyOf: (environment: Environment) => string | undefined;
}

/** When TikTok will have what a connection's items wait for. Null: nothing waits, or no shop is connected. */
export interface ExpectPush {
  now: (connectionId: number) => Promise<ExpectedFinish | null>;
  /** As a transaction sees the items that has not committed yet. */
  within: (tx: BulkTx, connectionId: number) => Promise<ExpectedFinish | null>;
  /** Of a flow that was asked for; null for one that does not push inventory. */
  ofFlow: (flowId: bigint) => Promise<ExpectedFinish | null>;
}

export function createPushForecast({ db, forecast, appKeyOf }: ExpectPushDeps): ExpectPush {
  const expect = async (reader: Reader, connectionId: number): Promise<ExpectedFinish | null> => {
    const connection = await findConnection(db.prisma, { id: connectionId });
    const appKey = connection && appKeyOf(connection.environment);
    if (!connection?.shopId || !appKey) return null;
    const { environment, shopId, settings } = connection;
    const calls = await countCalls(reader, { connectionId, environment, shopId });
    const { updateInventory, updatePrices } = endpoints;
    return forecast({
      appKey,
      shopId,
      calls: {
        [endpointName(updateInventory)]: calls.stock,
        [endpointName(updatePrices)]: settings.pushPrice ? calls.prices : 0,
      },
    });
  };
  return {
    now: (connectionId) => expect(db.prisma, connectionId),
    within: (tx, connectionId) => expect(readerOf(tx), connectionId),
    async ofFlow(id) {
      const flow = await db.prisma.flow.findUnique({
        where: { id },
        select: { name: true, connectionId: true },
      });
      return flow?.name === pushInventoryFlow.name && flow.connectionId !== null
        ? expect(db.prisma, flow.connectionId)
        : null;
    },
  };
}

/** At most so many: a product takes one call for its stock and one for its prices, if they differ from what TikTok has. */
async function countCalls(
  db: Reader,
  { connectionId, environment, shopId }: { connectionId: number; environment: Environment; shopId: string },
): Promise<{ stock: number; prices: number }> {
  const [row] = await db.$queryRaw<{ stock: number; prices: number }[]>`
    SELECT (count(DISTINCT s.product_id) FILTER (WHERE i.quantity IS NOT NULL))::int AS stock,
      (count(DISTINCT s.product_id) FILTER (WHERE i.cost IS NOT NULL))::int AS prices
    FROM inventory_items i JOIN catalog_skus s ON s.environment = ${environment} AND s.shop_id = ${shopId}
      AND s.seller_key = fold_sku(i.merchant_sku) AND s.sku_status <> ${REMOVED}
    WHERE i.connection_id = ${connectionId} AND ${undecided}`;
  return row ?? { stock: 0, prices: 0 };
}
