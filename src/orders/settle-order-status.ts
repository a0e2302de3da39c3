import { changeStatus, lockDocuments, replaceBodies } from '../documents/document-store.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import type { SqlTx, Tx } from '../store/database.js';
import { nextOrderStatus, type OrderStanding } from './order-life-cycle.js';
import { readOrderRecords } from './order-store.js';
import { renderRecord } from './render-orders.js';

/**
 * Brings exported orders in line with what was just written about them: documents rendered anew, statuses moved on. The
 * caller holds the orders' locks; other companies' orders are left alone.
 */
export async function settleOrders(
  tx: Tx,
  { companyId, orderIds }: { companyId: number; orderIds: readonly bigint[] },
): Promise<void> {
  const records = (await readOrderRecords(tx, orderIds)).filter((record) => record.companyId === companyId);
  const keys = records.flatMap(({ documentKey }) => documentKey ?? []);
  const heads = new Map((await lockDocuments(tx, { companyId, keys })).map((head) => [head.key, head]));
  const exported = records.flatMap((record) => {
    const head = heads.get(record.documentKey ?? 0);
    return head ? [{ record, head }] : [];
  });
  await replaceBodies(
    tx,
    exported.map(({ record, head }) => ({
      key: head.key,
      body: renderRecord(record, head),
      rendererVersion: ORDER_RENDERER_VERSION,
    })),
  );
  await moveOrders(
    tx,
    companyId,
    exported.map(({ record, head }) => ({ ...record, statusCode: head.statusCode, key: head.key })),
  );
}

/** Moves orders, whose documents are locked, to where their pieces have brought them: one statement per status. */
export async function moveOrders(
  tx: SqlTx,
  companyId: number,
  orders: readonly (OrderStanding & { key: number })[],
): Promise<void> {
  const moves = new Map<number, number[]>();
  for (const order of orders) {
    const to = nextOrderStatus(order);
    if (to !== null) moves.set(to, [...(moves.get(to) ?? []), order.key]);
  }
  for (const [to, keys] of moves) await changeStatus(tx, { companyId, keys, type: 'order', to });
}
