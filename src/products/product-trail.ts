import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { Connection } from '../connections/connection.js';
import type { SqlTx } from '../store/database.js';
import type { BulkTx } from '../store/bulk-transaction.js';

interface ProductChange {
  action: Extract<AuditAction, `product${string}`>;
  /** Such as `product SHIRT`. */
  subject: string;
  after?: unknown;
}

/**
 * Whether somebody may change products of a shop, and that it was this one who did: in the transaction of the change.
 * @throws AppError not-found, not-allowed
 */
export async function productTrail(
  tx: SqlTx | BulkTx,
  by: Actor,
  { id: connectionId, companyId }: Pick<Connection, 'id' | 'companyId'>,
  change: ProductChange,
): Promise<void> {
  allow(by, 'operate', companyId);
  await audit(tx, by, [{ ...change, companyId, connectionId }]);
}
