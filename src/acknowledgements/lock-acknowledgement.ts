import { findDocument, lockDocuments, orderKeysOf } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../errors.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrderByDocument, lockOrdersByDocuments } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import { findAcknowledgement, type StoredAcknowledgement } from './acknowledgement-store.js';

/** An acknowledgement with its order, both locked for the rest of the transaction. */
export interface LockedAcknowledgement {
  head: DocumentHead;
  orderHead: DocumentHead;
  record: OrderRecord;
  stored: StoredAcknowledgement;
}

/**
 * Everybody who changes an acknowledgement starts here: the order's row is locked before any document.
 * @throws AppError not-found
 */
export async function lockAcknowledgement(
  tx: Tx,
  { companyId, key }: { companyId: number; key: number },
): Promise<LockedAcknowledgement> {
  const found = await findDocument(tx, { companyId, type: 'acknowledgement', key });
  const orderKey = found?.parentKey;
  if (orderKey == null) throw new AppError('not-found', `There is no acknowledgement ${key}.`);
  const record = await lockOrderByDocument(tx, { companyId, documentKey: orderKey });
  const heads = await lockDocuments(tx, { companyId, keys: [orderKey, key] });
  const head = heads.find((each) => each.key === key);
  const orderHead = heads.find((each) => each.key === orderKey);
  const stored = await findAcknowledgement(tx, { companyId, documentKey: key });
  if (!record || !head || !orderHead || !stored) throw new Error(`Acknowledgement ${key} has lost its rows`);
  return { head, orderHead, record, stored };
}

/** All at once what `lockAcknowledgement` locks one by one, in the order that keeps writers of many apart. */
export async function lockAcknowledgements(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const orderKeys = await orderKeysOf(tx, { companyId, keys: [...keys] });
  await lockOrdersByDocuments(tx, { companyId, documentKeys: orderKeys });
  await lockDocuments(tx, { companyId, keys: [...orderKeys, ...keys] });
}
