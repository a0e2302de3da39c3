import { wipeReasons } from '../cancellations/wipe-reasons.js';
import { wipeDeliveries } from '../deliveries/delivery-store.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { refreshDocuments } from '../documents/rerender.js';
import { wipeBodies, wipeDocuments } from '../documents/wipe-documents.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import { wipeKeptReturns } from '../returns/wipe-return-rows.js';
import type { Tx } from '../store/database.js';
import { wipeEntries } from '../sync/effects/wipe-entries.js';
import type { EndedOrder } from './ended-orders.js';

export interface WipeContext {
  tx: Tx;
  kinds: readonly DocumentKind[];
  companyId: number;
  now: Date;
}

/** Locks orders as everybody does who changes them or a document of theirs. */
export async function lockOrders(
  { tx, kinds, companyId }: WipeContext,
  orders: readonly Pick<EndedOrder, 'key'>[],
): Promise<void> {
  const keys = orders.map(({ key }) => key);
  await kinds.find(({ type }) => type === 'order')?.renderer?.lock(tx, { companyId, keys });
}

/** Forgets the buyers of locked orders, in all that belongs to them. */
export async function wipeOrders(context: WipeContext, orders: readonly EndedOrder[]): Promise<void> {
  const { tx, companyId, now } = context;
  const documents = await tx.document.findMany({
    where: { companyId, OR: [{ key: { in: keysOf(orders) } }, { parentKey: { in: keysOf(orders) } }] },
    select: { key: true, type: true },
    orderBy: { key: 'asc' },
  });
  await wipeAll(context, documents);
  const tiktokOrderIds = orders.map(({ tiktokOrderId }) => tiktokOrderId);
  await wipeReasons(tx, { companyId, tiktokOrderIds });
  await wipeKeptReturns(tx, { companyId, tiktokOrderIds, now });
}

/**
 * Forgets what documents and their rows hold of people; their orders are locked. Texts are rendered from what is left, by
 * the ordinary road: the version rises, and nothing else is told.
 */
export async function wipeAll(
  { tx, kinds, companyId, now }: WipeContext,
  documents: readonly { key: number; type: string }[],
): Promise<void> {
  for (const { type, personal, renderer } of kinds) {
    const keys = ofType(documents, type);
    if (keys.length === 0) continue;
    // Returns are locked by their own rows; the orders of all others are locked already.
    await renderer?.lock(tx, { companyId, keys });
    await personal?.wipe(tx, { companyId, keys, now });
    if (renderer) await refreshDocuments(tx, renderer, { companyId, keys });
    else await wipeBodies(tx, { companyId, keys });
  }
  const keys = keysOf(documents);
  await wipeDocuments(tx, { companyId, keys, now });
  await wipeEntries(tx, keys);
  await wipeDeliveries(tx, keys);
}

function ofType(documents: readonly { key: number; type: string }[], wanted: DocumentType): number[] {
  return keysOf(documents.filter(({ type }) => type === wanted));
}

function keysOf(documents: readonly { key: number }[]): number[] {
  return documents.map(({ key }) => key);
}
