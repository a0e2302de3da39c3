import type { ConnectionSettings } from '../connections/settings.js';
import type { Connection } from '../connections/connection.js';
import type { SqlTx } from '../store/database.js';
import type { IngestDeps } from './ingest-context.js';
import { merchantSkusOf } from './order-lines.js';
import type { OrderLine, OrderUnit } from '../domain/order.js';
import { caseTwins } from '../domain/sku.js';

/** What the connection's matching file says of the SKUs of a page. */
export interface Matching {
  /** The ERP's SKUs by merchant SKU; one without a match is left out. */
  supplierSkus: ReadonlyMap<string, string>;
  /** Whether a SKU without a match is worth a line in the history. */
  isNews: boolean;
  /** Other SKUs of the shop that differ in case only, by merchant SKU; of those that have one. */
  twins: ReadonlyMap<string, readonly string[]>;
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
    deps: Pick<IngestDeps, 'matchSkus' | 'usesMatching' | 'findTwins'>;
    tx: SqlTx;
    connection: Pick<Connection, 'id' | 'settings' | 'environment'> & { shopId: string };
  },
  units: readonly OrderUnit[],
): Promise<Matching> {
  const nothing: Matching = { supplierSkus: new Map(), isNews: false, twins: new Map() };
  if (units.length === 0) return nothing;
  const breaksUp = connection.settings.breakUpBundles;
  const merchantSkus = [...new Set(units.flatMap((unit) => merchantSkusOf(unit, { breaksUp })))];
  const [twins = nothing.twins, supplierSkus] = await Promise.all([
    deps.findTwins?.(tx, connection, merchantSkus),
    deps.matchSkus?.(tx, connection, merchantSkus),
  ]);
  if (!supplierSkus) return { ...nothing, twins };
  const isComplete = merchantSkus.every((sku) => supplierSkus.has(sku));
  if (isComplete || connection.settings.autoMatch) return { supplierSkus, isNews: false, twins };
  return { supplierSkus, isNews: (await deps.usesMatching?.(tx, connection)) ?? false, twins };
}

/** SKUs that differ from the line's in case only: the shop's, and those of the other lines. */
export function twinsOfLine(
  { merchantSku }: Pick<OrderLine, 'merchantSku'>,
  lines: readonly Pick<OrderLine, 'merchantSku'>[],
  { twins }: Pick<Matching, 'twins'>,
): string[] {
  const own = caseTwins(
    merchantSku,
    lines.map((line) => line.merchantSku),
  );
  return [...new Set([...own, ...(twins.get(merchantSku) ?? [])])].toSorted();
}

/** The SKUs of an order for whose match it waits: none unless the connection parks unmatched orders. */
export function parkingSkus(
  { parkUnmatched, autoMatch, breakUpBundles: breaksUp }: ConnectionSettings,
  supplierSkus: ReadonlyMap<string, string>,
  units: readonly OrderUnit[],
): string[] {
  if (!parkUnmatched || autoMatch) return [];
  const open = units.filter(({ cancelled }) => !cancelled);
  const skus = open.flatMap((unit) => merchantSkusOf(unit, { breaksUp }));
  return [...new Set(skus)].filter((sku) => !supplierSkus.has(sku));
}
