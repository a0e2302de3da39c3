import { pullOrdersFlow } from '../../orders/order-flow.js';
import type { Actor } from '../../companies/actor.js';
import { findConnection } from '../../connections/connection-store.js';
import { AppError } from '../../kernel/errors.js';
import { findUnmatchedLines, nameLines, releaseParked } from '../../orders/late-matches.js';
import { requestRun } from '../../sync/flows/request-run.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { findSupplierSkus } from './match-skus.js';

const ORDERS_PER_STEP = 200;

/**
 * After a matching file: orders that went out with the seller SKU get the ERP's, and orders that wait for a match go on.
 * It compares what there is with what should be, so that it can be repeated after a crash at any point.
 */
export async function followMatches(
  { db, clock, wakeFlow }: Pick<InventoryDeps, 'db' | 'clock' | 'wakeFlow'>,
  { companyId, connectionId, by }: { companyId: number; connectionId: number; by: Actor },
): Promise<void> {
  for (let after = 0n; ;) {
    const lines = await findUnmatchedLines(db.prisma, { connectionId, after, limit: ORDERS_PER_STEP });
    const last = lines.at(-1);
    if (!last) break;
    const skus = [...new Set(lines.map(({ merchantSku }) => merchantSku))];
    const matches = await findSupplierSkus(db.prisma, connectionId, skus);
    const names = lines.flatMap((line) => {
      const supplierSku = matches.get(line.merchantSku);
      return supplierSku === undefined || supplierSku === line.merchantSku ? [] : [{ ...line, supplierSku }];
    });
    const which = { companyId, connectionId, by };
    if (names.length > 0) await db.transaction((tx) => nameLines(tx, which, names));
    after = last.orderId;
  }
  const waiting = await db.transaction((tx) => releaseParked(tx, { connectionId }));
  if (waiting > 0) await pullSoon({ db, clock, wakeFlow }, { companyId, connectionId });
}

/** A connection that cannot work just now pulls when it can. */
async function pullSoon(
  { db, clock, wakeFlow }: Pick<InventoryDeps, 'db' | 'clock' | 'wakeFlow'>,
  { companyId, connectionId }: { companyId: number; connectionId: number },
): Promise<void> {
  const connection = await findConnection(db.prisma, { id: connectionId, companyId });
  if (connection?.status !== 'active') return;
  const choice = { companyId, connectionId, name: pullOrdersFlow.name, now: clock.now() } as const;
  try {
    const { flowId: id, lane } = await db.transaction((tx) => requestRun(tx, choice));
    await wakeFlow?.({ id, lane });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
