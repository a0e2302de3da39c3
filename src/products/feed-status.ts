import { toIsoSeconds } from '../kernel/time.js';
import { listFindings } from '../imports/find-imports.js';
import type { ImportRecord } from '../imports/import.js';
import type { Tx } from '../store/database.js';
import type { ProductFinding } from './checks/product-finding.js';
import { groupFindings } from './checks/group-findings-by-rule.js';
import { countProducts, listProductsAfter } from './product-store.js';

const PRODUCTS_AT_ONCE = 500;
/** Findings of so many products are grouped: a feed of which all are wrong says so with the first ones. */
const MOST_PRODUCTS = 100_000;

/** What became of a product feed, with what the checks say of its products, grouped. */
export async function feedStatus(
  tx: Tx,
  record: ImportRecord,
  partnerId: number,
): Promise<Record<string, unknown>> {
  const { id: feed, connectionId, counts, state } = record;
  const filter = { connectionId, feed };
  const groups = groupFindings();
  const totals = { products: 0, compliant: 0, asked: 0 };
  for (let after = ''; totals.products < MOST_PRODUCTS;) {
    const products = await listProductsAfter(tx, filter, { after, limit: PRODUCTS_AT_ONCE });
    for (const product of products) {
      totals.products += 1;
      if (product.isCompliant && product.checkedVersion === product.version) totals.compliant += 1;
      if (product.askedVersion === product.version) totals.asked += 1;
      groups.add(product.findings as ProductFinding[]);
    }
    const last = products.at(-1);
    if (!last || products.length < PRODUCTS_AT_ONCE) break;
    after = last.productKey;
  }
  const total = await countProducts(tx, filter);
  const rows = await listFindings(tx, feed);
  groups.addRows(rows);
  return {
    FeedId: feed,
    PartnerId: partnerId,
    Status: STATUSES[state] ?? 'Complete',
    State: state,
    Reason: record.reason ?? undefined,
    Products: total,
    Compliant: totals.compliant,
    NotCompliant: total - totals.compliant,
    Asked: totals.asked,
    Counts: Object.fromEntries(
      Object.entries(counts).map(([name, count]) => [`${name[0]!.toUpperCase()}${name.slice(1)}`, count]),
    ),
    Warnings: record.warnings,
    Findings: groups.list(),
    ReceivedAt: toIsoSeconds(record.receivedAt),
  };
}

const STATUSES: Readonly<Record<string, string>> = {
  receiving: 'Pending',
  received: 'Pending',
  held: 'Pending',
  refused: 'Failed',
};
