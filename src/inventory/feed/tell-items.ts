import type { Connection } from '../../connections/connection.js';
import { foldSku, LARGEST_QUANTITY } from '../../domain/sku.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';
import { effectiveSql } from '../items/wanted-cells.js';
import { applyChanges } from './apply-feed.js';
import { renewCounts } from '../items/renew-counts.js';
import { feedContextOf, isBeforeDeletion } from './feed-context.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';
import { dropChanges, findChanges } from './find-changes.js';
import { countItems } from './finish-feed.js';

/** What a file that is no inventory feed says of the stock or the price of a SKU in TikTok. */
interface ToldItem {
  /** As TikTok has it. */
  merchantSku: string;
  /** Number of the file, and when its first byte arrived. */
  n: number;
  at: Date;
  /** One for each warehouse that is named; a code of null is the default one. Empty: nothing is said of the stock. */
  cells: readonly { code: string | null; quantity: number }[];
  /** A decimal string. */
  cost: string | null;
}

/**
 * Takes quantities and prices that came beside products into the inventory, by the rule of all counts: of two files that name
 * a cell the one that arrived later counts. A SKU without a match is its own, since its listing was made or taken over under
 * this name. At most 15,000 at once, so that their numbers are written with their rows. What an inventory feed has named stays with inventory feeds, unless the setting `productFeedStock` says otherwise.
 * @returns what has changed, for the push to be woken
 */
export async function tellItems(
  deps: Pick<InventoryDeps, 'clock' | 'lockPatienceMs'>,
  tx: BulkTx,
  connection: Connection,
  items: readonly ToldItem[],
): Promise<{ toSend: boolean; toZero: boolean }> {
  const done = { toSend: false, toZero: false };
  const { id, companyId, settings } = connection;
  if (items.length === 0 || settings.productFeedStock === 'never') return done;
  await lockInventory(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus });
  const files = new Map<number, ToldItem[]>();
  for (const item of items) files.set(item.n, [...(files.get(item.n) ?? []), item]);
  for (const [n, told] of [...files].toSorted(([a], [b]) => a - b)) {
    const changed = await tellFile(deps, tx, connection, { n, told });
    done.toSend ||= changed.toSend;
    done.toZero ||= changed.toZero;
  }
  return done;
}

async function tellFile(
  { clock }: Pick<InventoryDeps, 'clock'>,
  tx: BulkTx,
  connection: Connection,
  { n, told }: { n: number; told: readonly ToldItem[] },
): Promise<{ toSend: boolean; toZero: boolean }> {
  const { id, settings } = connection;
  const now = clock.now();
  const feedRows = await createFeedRows(tx, n);
  await writeRows(tx, connection, { feedRows, told });
  const rule = { feedRows, isAlways: settings.productFeedStock === 'always' };
  const facts = { ...(await leaveToInventory(tx, connection, rule)), suspects: null };
  const [first] = told;
  // Auto match: a SKU that has none is its own.
  const matched = { ...connection, settings: { ...settings, autoMatch: true, ignoreUnmatched: false } };
  const feed = { importId: n, receivedAt: first!.at, feedRows, facts, now, isOfProducts: true };
  const context = await feedContextOf(tx, matched, feed);
  const done = { toSend: false, toZero: false };
  if (facts.staged > 0 && !isBeforeDeletion(context)) {
    const changes = await findChanges(tx, context);
    await applyChanges(tx, context);
    const totals = await countItems(tx, id);
    const { countLagMinutes: lagMinutes, clearAfterDays } = settings;
    const how = { counts: changes, totals, lagMinutes, notesSeen: clearAfterDays > 0 };
    done.toSend = (await renewCounts(tx, context, how)) || changes.toSend > 0;
    done.toZero = changes.toZero > 0;
    await dropChanges(tx);
  }
  await dropFeedRows(tx, feedRows);
  return done;
}

/** By the ERP's SKU, where a matching file says that it has another one. */
async function writeRows(
  tx: BulkTx,
  { id, settings }: Connection,
  { feedRows, told }: { feedRows: string; told: readonly ToldItem[] },
): Promise<void> {
  const rows = told.map(({ merchantSku, cells, cost }) => ({
    sku: merchantSku,
    key: foldSku(merchantSku, settings.caseSensitiveSkus),
    quantity: sumOf(cells),
    warehouse: cells[0]?.code ?? null,
    warehouses: cells.length > 1 ? cells : null,
    cost,
  }));
  await tx.execute(
    `INSERT INTO ${feedRows} (row_number, sku_key, supplier_sku, quantity, warehouse, warehouses, cost)
     SELECT row_number() OVER ()::int, coalesce(m.sku_key, g.key), coalesce(m.supplier_sku, g.sku), g.quantity, g.warehouse,
       g.warehouses, g.cost
     FROM json_to_recordset($2) AS g (sku text, key text, quantity int, warehouse text, warehouses jsonb, cost numeric)
     LEFT JOIN sku_matches m ON m.connection_id = $1 AND m.merchant_key = g.key`,
    [id, JSON.stringify(rows)],
  );
}

function sumOf(cells: ToldItem['cells']): number | null {
  if (cells.length === 0) return null;
  return Math.min(
    LARGEST_QUANTITY,
    cells.reduce((sum, { quantity }) => sum + quantity, 0),
  );
}

/** Takes out what is for inventory feeds to say. @returns what is left */
async function leaveToInventory(
  tx: BulkTx,
  { id }: Connection,
  { feedRows, isAlways }: { feedRows: string; isAlways: boolean },
): Promise<{ staged: number; without: { quantity: number; cost: number } }> {
  if (!isAlways) {
    await tx.execute(
      `UPDATE ${feedRows} s SET
         quantity = CASE WHEN o.has_stock THEN NULL ELSE s.quantity END,
         warehouse = CASE WHEN o.has_stock THEN NULL ELSE s.warehouse END,
         warehouses = CASE WHEN o.has_stock THEN NULL ELSE s.warehouses END,
         cost = CASE WHEN o.has_cost THEN NULL ELSE s.cost END
       FROM (SELECT i.sku_key,
           i.quantity IS NOT NULL AND NOT (i.stock_by_products AND ${effectiveSql.countN} = i.count_n) AS has_stock,
           i.cost IS NOT NULL AND NOT (i.cost_by_products AND ${effectiveSql.costN} = i.cost_n) AS has_cost
         FROM inventory_items i LEFT JOIN inventory_states w ON w.connection_id = i.connection_id
         WHERE i.connection_id = $1) o
       WHERE o.sku_key = s.sku_key AND (o.has_stock OR o.has_cost)`,
      [id],
    );
    await tx.execute(`DELETE FROM ${feedRows} WHERE quantity IS NULL AND cost IS NULL`);
  }
  const [row] = await tx.query<{ staged: number; quantity: number; cost: number }>(
    `SELECT count(*)::int AS staged, count(*) FILTER (WHERE quantity IS NULL)::int AS quantity,
       count(*) FILTER (WHERE cost IS NULL)::int AS cost FROM ${feedRows}`,
  );
  const { staged, ...without } = row!;
  return { staged, without };
}
