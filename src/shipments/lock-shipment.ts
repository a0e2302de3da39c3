import { lockWithOrder, type LockedWithOrder } from '../orders/lock-with-order.js';
import type { Tx } from '../store/database.js';
import { findShipment, type StoredShipment } from './shipment-store.js';

/** A shipment with its order, both locked for the rest of the transaction. */
export interface LockedShipment extends LockedWithOrder {
  shipment: StoredShipment;
}

/** @throws AppError not-found */
export async function lockShipment(
  tx: Tx,
  { companyId, key }: { companyId: number; key: number },
): Promise<LockedShipment> {
  const locked = await lockWithOrder(tx, { companyId, type: 'shipment', key });
  const shipment = await findShipment(tx, { companyId, documentKey: key });
  if (!shipment) throw new Error(`Shipment ${key} has lost its rows`);
  return { ...locked, shipment };
}
