import type { ConnectionSettings } from '../connections/settings.js';
import type { Connection } from '../connections/connection.js';
import type { SqlTx } from '../store/database.js';
import type { IngestDeps } from './ingest-context.js';
import { merchantSkuOf } from './order-lines.js';
import type { OrderUnit } from '../domain/order.js';

/** What the connection's matching file says of the SKUs of a page. */
export interface Matching {
  /** The ERP's SKUs by merchant SKU; one without a match is left out. */
  supplierSkus: ReadonlyMap<string, string>;
  /** Whether a SKU without a match is worth a line in the history. */
  isNews: boolean;
}

/**
 * One look-up for all SKUs of a page. That a SKU has no match is news only to a seller who matches: with auto match both
 * SKUs are the same, and without any matching file nobody expects another one.
 */
export async function findMatching(
  {
    deps,
    tx,
    connection,
  }: {
    deps: Pick<IngestDeps, 'matchSkus' | 'usesMatching'>;
    tx: SqlTx;
    connection: Pick<Connection, 'id' | 'settings'>;
  },
  units: readonly OrderUnit[],
): Promise<Matching> {
  if (!deps.matchSkus || units.length === 0) return { supplierSkus: new Map(), isNews: false };
  const merchantSkus = [...new Set(units.map((unit) => merchantSkuOf(unit)))];
  const supplierSkus = await deps.matchSkus(tx, connection, merchantSkus);
  const isComplete = merchantSkus.every((sku) => supplierSkus.has(sku));
  if (isComplete || connection.settings.autoMatch) return { supplierSkus, isNews: false };
  return { supplierSkus, isNews: (await deps.usesMatching?.(tx, connection)) ?? false };
}

/** The SKUs of an order for whose match it waits: none unless the connection parks unmatched orders. */
export function parkingSkus(
  { parkUnmatched, autoMatch }: ConnectionSettings,
  supplierSkus: ReadonlyMap<string, string>,
  units: readonly OrderUnit[],
): string[] {
  if (!parkUnmatched || autoMatch) return [];
  const skus = units.filter(({ cancelled }) => !cancelled).map((unit) => merchantSkuOf(unit));
  return [...new Set(skus)].filter((sku) => !supplierSkus.has(sku));
}
