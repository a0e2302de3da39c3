import { lockDocuments, recordEvents, replaceBodies } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import type { SqlTx } from '../store/database.js';
import type { PullStep } from '../sync/pull/pull-definition.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { readOrderRecords } from './order-store.js';
import type { OrderKind } from './pull-orders-deps.js';
import { byDocument, renderRecord } from './render-orders.js';
import { packageIdsOf } from './unread-packages.js';

/** A package is a call: a run reads no more orders than these, and the next run goes on. */
const ORDERS_PER_RUN = 50;

interface DueOrder {
  id: bigint;
  tiktokUpdatedAt: Date;
}

/**
 * Reads where the packages of exported orders really leave from, and tells it on their documents. Found by what is stored,
 * so that what one run has left over the next one reads.
 */
export const readPackageWarehouses: PullStep<OrderKind> = async ({ deps, source, run }) => {
  const { connection, api } = source;
  const due = await deps.db.prisma.$queryRaw<DueOrder[]>`
    SELECT id, tiktok_updated_at AS "tiktokUpdatedAt" FROM orders
    WHERE connection_id = ${connection.id} AND packages_due AND state = 'exported'
    ORDER BY id LIMIT ${ORDERS_PER_RUN}`;
  for (const each of due) {
    if (run.signal.aborted) return false;
    const [record] = await readOrderRecords(deps.db.prisma, [each.id]);
    if (!record) continue;
    const known = record.order.packageWarehouses ?? {};
    const ids = packageIdsOf(record.order).filter((id) => !Object.hasOwn(known, id));
    try {
      const read = await readWarehouses(api, ids);
      await deps.db.transaction(async (tx) => {
        await run.guard(tx);
        await keepWarehouses(tx, each, read);
        await tellWarehouses(tx, each.id, { read, by: run.by });
      });
    } catch (error) {
      // The orders themselves are in: what could not be asked now is asked by the next pull.
      if (!(error instanceof AppError)) throw error;
      deps.log.warn({ connectionId: connection.id, reason: error.message }, 'packages could not be read');
      return true;
    }
  }
  return true;
};

/** By package id; null where TikTok does not tell, or no longer knows the package. */
async function readWarehouses(
  api: ShopApi,
  packageIds: readonly string[],
): Promise<Record<string, string | null>> {
  const read: Record<string, string | null> = {};
  for (const id of packageIds) {
    try {
      read[id] = (await api.getPackage(id)).warehouseId;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'tiktok-refused') throw error;
      read[id] = null;
    }
  }
  return read;
}

/** An order that TikTok has shown anew since may have further packages: it stays due. */
async function keepWarehouses(tx: SqlTx, { id, tiktokUpdatedAt }: DueOrder, read: object): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM orders WHERE id = ${id} FOR UPDATE`;
  await tx.$executeRaw`
    UPDATE orders SET packages_due = packages_due AND tiktok_updated_at <> ${tiktokUpdatedAt},
      data = jsonb_set(data::jsonb, '{packageWarehouses}',
        coalesce(data::jsonb->'packageWarehouses', '{}') || ${JSON.stringify(read)}::jsonb)::json, updated_at = now()
    WHERE id = ${id}`;
}

async function tellWarehouses(
  tx: SqlTx,
  orderId: bigint,
  { read, by }: { read: Record<string, string | null>; by: Parameters<typeof recordEvents>[1] },
): Promise<void> {
  const [record] = await readOrderRecords(tx, [orderId]);
  if (!record) return;
  const { companyId, connectionId, order } = record;
  for (const [key, held] of byDocument([record])) {
    const [head] = await lockDocuments(tx, { companyId, keys: [key] });
    if (!head) continue;
    const body = renderRecord(held, head);
    await replaceBodies(tx, [{ key, body, rendererVersion: ORDER_RENDERER_VERSION }]);
    const moved = Object.entries(read).filter(([, id]) => id !== null && id !== order.warehouseId);
    if (moved.length === 0) continue;
    const names = moved.map(([packageId, id]) => `package ${packageId} leaves from warehouse ${id}`);
    await recordEvents(tx, by, [
      {
        companyId,
        connectionId,
        documentKey: key,
        event: 'order-changed',
        summary: `TikTok shows: ${names.join('; ')}${order.warehouseId === null ? '' : `, not ${order.warehouseId}`}`,
        details:
          'The order names the warehouse that it was placed for; the package tells where it is sent from.',
      },
    ]);
  }
}
