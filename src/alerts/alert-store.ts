import type { SqlTx } from '../store/database.js';
import type { SealedColumn } from '../store/sealed-columns.js';

/** What the links of mails are signed with. */
export const sealedLinkSecrets: readonly SealedColumn[] = [
  { table: 'alert_recipients', column: 'link_secret', row: 'id' },
];

/** Alerts that have ended before this time, with who was told of them. @returns how many */
export async function deleteOldAlerts(db: SqlTx, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM alerts WHERE ended_at < ${before}::timestamptz`;
}
