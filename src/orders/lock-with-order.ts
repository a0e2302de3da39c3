import { findDocument, lockDocuments, orderKeysOf } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import type { OrderRecord } from './order-record.js';
import { lockOrderByDocument, lockOrdersByDocuments, readOrderRecords } from './order-store.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/** A document that belongs to an order, with the order, all locked for the rest of the transaction. */
export interface LockedWithOrder {
  head: DocumentHead;
  orderHead: DocumentHead;
  record: OrderRecord;
}

/**
 * Everybody who changes a document of an order starts here: the order's row is locked before any document.
 * @throws AppError not-found
 */
export async function lockWithOrder(
  tx: Tx,
  { companyId, type, key }: { companyId: number; type: DocumentType; key: number },
): Promise<LockedWithOrder> {
  const found = await findDocument(tx, { companyId, type, key });
  const orderKey = found?.parentKey;
  if (orderKey == null) throw new AppError('not-found', `There is no ${type} ${key}.`);
  const record = await lockOrderByDocument(tx, { companyId, documentKey: orderKey });
  const heads = await lockDocuments(tx, { companyId, keys: [orderKey, key] });
  const head = heads.find((each) => each.key === key);
  const orderHead = heads.find((each) => each.key === orderKey);
  if (!record || !head || !orderHead) throw new Error(`The ${type} ${key} has lost its rows`);
  return { head, orderHead, record };
}

/** All at once what `lockWithOrder` locks one by one, in the order that keeps writers of many apart. */
export async function lockAllWithOrders(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const orderKeys = await lockOrdersOf(tx, { companyId, keys });
  await lockDocuments(tx, { companyId, keys: [...orderKeys, ...keys] });
}

/**
 * Locks the orders that documents belong to, not yet the documents.
 * @returns keys of the orders' documents, ascending
 */
export async function lockOrdersOf(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<number[]> {
  const orderKeys = await orderKeysOf(tx, { companyId, keys: [...keys] });
  await lockOrdersByDocuments(tx, { companyId, documentKeys: orderKeys });
  return orderKeys;
}

/** The orders of rows that belong to them, by our id. */
export async function readRecordsOf(
  tx: Tx,
  rows: readonly { orderId: bigint }[],
): Promise<Map<bigint, OrderRecord>> {
  const orderIds = [...new Set(rows.map(({ orderId }) => orderId))];
  return new Map((await readOrderRecords(tx, orderIds)).map((record) => [record.id, record]));
}
