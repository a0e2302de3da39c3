import type { Actor } from '../companies/actor.js';
import { changeStatus } from '../documents/document-store.js';
import { rewriteDocuments } from '../documents/rerender.js';
import type { SqlTx, Tx } from '../store/database.js';
import { nextOrderStatus, type OrderStanding } from './order-life-cycle.js';
import { readOrderRecords } from './order-store.js';
import { byDocument, orderRenderer } from './render-orders.js';

/**
 * Brings exported orders in line with what was just written about them: documents rendered again, statuses moved on. The
 * caller holds the orders' locks; other companies' orders are left alone.
 */
export async function settleOrders(
  tx: Tx,
  { companyId, orderIds, by }: { companyId: number; orderIds: readonly bigint[]; by: Actor },
): Promise<void> {
  const records = byDocument(await readOrderRecords(tx, orderIds));
  const heads = await rewriteDocuments(tx, orderRenderer, companyId, records);
  await moveOrders(
    tx,
    { companyId, by },
    heads.flatMap(({ key, statusCode }) => {
      const record = records.get(key);
      return record ? [{ ...record, statusCode, key }] : [];
    }),
  );
}

/** Moves orders, whose documents are locked, to where their pieces have brought them: one statement per status. */
export async function moveOrders(
  tx: SqlTx,
  { companyId, by }: { companyId: number; by: Actor },
  orders: readonly (OrderStanding & { key: number })[],
): Promise<void> {
  const moves = new Map<number, number[]>();
  for (const order of orders) {
    const to = nextOrderStatus(order);
    if (to !== null) moves.set(to, [...(moves.get(to) ?? []), order.key]);
  }
  for (const [to, keys] of moves) await changeStatus(tx, { companyId, keys, type: 'order', to, by });
}
