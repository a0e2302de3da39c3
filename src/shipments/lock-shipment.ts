import { findDocument, lockDocuments, orderKeysOf } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../errors.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrderByDocument, lockOrdersByDocuments } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import { findShipment, type StoredShipment } from './shipment-store.js';

/** A shipment with its order, both locked for the rest of the transaction. */
export interface LockedShipment {
  head: DocumentHead;
  orderHead: DocumentHead;
  record: OrderRecord;
  shipment: StoredShipment;
}

/**
 * Everybody who changes a shipment starts here: the order's row is locked before any document.
 * @throws AppError not-found
 */
export async function lockShipment(
  tx: Tx,
  { companyId, key }: { companyId: number; key: number },
): Promise<LockedShipment> {
  const found = await findDocument(tx, { companyId, type: 'shipment', key });
  const orderKey = found?.parentKey;
  if (orderKey == null) throw new AppError('not-found', `There is no shipment ${key}.`);
  const record = await lockOrderByDocument(tx, { companyId, documentKey: orderKey });
  const heads = await lockDocuments(tx, { companyId, keys: [orderKey, key] });
  const head = heads.find((each) => each.key === key);
  const orderHead = heads.find((each) => each.key === orderKey);
  const shipment = await findShipment(tx, { companyId, documentKey: key });
  if (!record || !head || !orderHead || !shipment) throw new Error(`Shipment ${key} has lost its rows`);
  return { head, orderHead, record, shipment };
}

/** All at once what `lockShipment` locks one by one, in the order that keeps writers of many shipments apart. */
export async function lockShipments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const orderKeys = await orderKeysOf(tx, { companyId, keys: [...keys] });
  await lockOrdersByDocuments(tx, { companyId, documentKeys: orderKeys });
  await lockDocuments(tx, { companyId, keys: [...orderKeys, ...keys] });
}
