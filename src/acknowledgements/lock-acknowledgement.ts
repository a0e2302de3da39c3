import { lockWithOrder, type LockedWithOrder } from '../orders/lock-with-order.js';
import type { Tx } from '../store/database.js';
import { findAcknowledgement, type StoredAcknowledgement } from './acknowledgement-store.js';

/** An acknowledgement with its order, both locked for the rest of the transaction. */
export interface LockedAcknowledgement extends LockedWithOrder {
  stored: StoredAcknowledgement;
}

/** @throws AppError not-found */
export async function lockAcknowledgement(
  tx: Tx,
  { companyId, key }: { companyId: number; key: number },
): Promise<LockedAcknowledgement> {
  const locked = await lockWithOrder(tx, { companyId, type: 'acknowledgement', key });
  const stored = await findAcknowledgement(tx, { companyId, documentKey: key });
  if (!stored) throw new Error(`Acknowledgement ${key} has lost its rows`);
  return { ...locked, stored };
}
