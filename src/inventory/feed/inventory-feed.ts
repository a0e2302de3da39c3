import { sentenceOfAmbiguous } from '../items/ambiguous-items.js';
import type {
  FeedKind,
  FeedTable,
  FeedWork,
  FoundChanges,
  TableOptions,
  Wake,
} from '../../imports/feed-kind.js';
import { createRepeatSieve } from '../../imports/repeat-sieve.js';
import { remarksOnLeftOut, type UnreadRows } from '../../imports/row-reader.js';
import { inventoryExamples } from '../../logicbroker/inventory-schema.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import { refreshStatistics } from '../../store/table-statistics.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';
import { applyChanges } from './apply-feed.js';
import { readColumns } from './feed-columns.js';
import { inventoryFields } from './inventory-fields.js';
import {
  feedContextOf,
  isBeforeDeletion,
  isBeforeZeroOut,
  type FeedContext,
  type ReadRows,
} from './feed-context.js';
import { createFeedRowReader } from './feed-row.js';
import { createFeedRows, dropFeedRows } from './feed-rows.js';
import { warehouseNames } from './warehouse-names.js';
import { dropChanges, findChanges, type FeedCounts } from './find-changes.js';
import { askBrake, countItems, countsOf, finishFeed } from './finish-feed.js';
import { forgetHeldRows, holdRows, takeHeldRows, withZeros } from './held-rows.js';
import { addLeftOut, countLeftOut, listLeftOut, noteComplete } from './complete-feed.js';
import { createPlainRows, type PlainRows } from './plain-rows.js';

/** As stored and shown: the kind of feed that was there first. */
export const INVENTORY_FEED = 'feed';

interface InventoryRows extends ReadRows {
  unread: UnreadRows;
}

interface InventoryFound extends FoundChanges {
  context: FeedContext;
  /** Null where the feed is over. */
  changes: FeedCounts | null;
  /** SKUs that a complete file leaves out, and that had something to sell; null: nothing was set to 0 for that. */
  leftOut: number | null;
}

/**
 * Quantities and prices by SKU. Good values are taken row by row, with one statement for all rows that changed and one for
 * all new ones; whichever feed arrived later counts, also where it is applied first.
 */
export function inventoryFeed(deps: InventoryDeps): FeedKind<InventoryRows, InventoryFound> {
  return {
    code: INVENTORY_FEED,
    label: 'Inventory feed',
    door: {
      path: '/Inventory/:partnerId',
      operation: {
        name: 'postInventory',
        summary: 'Send a feed of quantities and prices',
        description:
          'CSV (any of four separators) or XLSX with the columns of LBInventoryItem, of which SupplierSKU and Quantity or ' +
          'Cost are needed. Good values are taken, bad ones reported (GET Inventory/Imports/{ImportId}/Errors); a feed of ' +
          'which nothing can be taken is refused. Of two feeds that say the same cell the one whose first byte came later ' +
          'counts.',
      },
      broadcast: {
        path: '/Inventory/Broadcast',
        name: 'broadcastInventory',
        summary: 'Send a feed to all your shops',
        description: 'As POST Inventory/{partnerId}, for every shop that is not closed.',
      },
      bodyExamples: inventoryExamples,
    },
    ownCounts: ['leftOut', 'zeroed', 'multiplied', 'repriced', 'ignored', 'unmatched'],
    events: {
      taken: 'inventory-imported',
      failed: 'inventory-import-error',
      held: 'inventory-held',
      nothingTaken: 'inventory-nothing-taken',
    },
    canBeComplete: true,
    needsGoodRow: true,

    fields: inventoryFields,
    names: warehouseNames,
    createTable: createFeedRows,
    openTable: openFeed,
    lock: (tx, { id, companyId, settings }) =>
      lockInventory(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus }),
    find,
    async brake(tx, { connection }, { context, changes, leftOut }) {
      const { reason, letsZerosGo } = await askBrake(tx, connection, { counts: changes!, leftOut });
      if (reason === null) return null;
      return { reason, hold: () => hold(tx, context, { reason, letsZerosGo }) };
    },
    async apply(tx, { connection }, { context, changes, leftOut }) {
      if (leftOut !== null) await noteComplete(tx, context);
      const { totals, ...done } = await finishFeed(tx, connection, { context, changes: changes! });
      const reason = await sentenceOfAmbiguous(tx, connection);
      return {
        counts: { unmatched: totals.unmatched },
        wake: wakeOf(done),
        ...(reason === null ? {} : { reason }),
      };
    },
    async tryOut(tx, { connection }, { context }) {
      if (!deps.previewPush) return {};
      await applyChanges(tx, context);
      return { wouldSend: await deps.previewPush(tx, connection.id) };
    },
    dropTable: dropFeedRows,
    async standing(tx, { id }, { unmatched }) {
      return unmatched === undefined ? { unmatched: (await countItems(tx, id)).unmatched } : {};
    },

    async applyHeld(tx, { connection, importId, receivedAt, now }) {
      const held = await takeHeldRows(tx, importId, connection.settings.caseSensitiveSkus);
      const context = await feedContextOf(tx, connection, { importId, receivedAt, ...held, now });
      const changes = await findChanges(tx, context);
      if (await wasComplete(tx, importId)) await noteComplete(tx, context);
      const { totals, ...done } = await finishFeed(tx, connection, { context, changes });
      await dropFeedRows(tx, held.feedRows);
      await forgetHeldRows(tx, [importId]);
      return { counts: { ...countsOf(changes), unmatched: totals.unmatched }, wake: wakeOf(done) };
    },
    forgetHeld: forgetHeldRows,

    committed: async ({ counts }) => refreshStatistics(deps.db, 'inventory-items', counts.added ?? 0),
    wake: async (connectionId, wake) => deps.inventoryChanged?.(connectionId, wake),
  };
}

function openFeed(headers: string[], options: TableOptions): FeedTable<InventoryRows> {
  const columns = readColumns(headers, options.names);
  const sieve = createRepeatSieve(options.bytes);
  const reader = createFeedRowReader({ ...options, columns, sieve });
  let plain: PlainRows | null = null;
  return {
    warnings: columns.warnings,
    choices: columns.choices,
    read: reader.read,
    refuse: reader.refuse,
    lines(delimiter) {
      plain ??= createPlainRows({ ...options, columns, delimiter, sieve });
      return plain;
    },
    end() {
      const remarks = remarksOnLeftOut(reader.leftOut);
      const { skipped } = reader.unread;
      if (skipped > 0) remarks.push(`${skipped} rows without a SKU, a quantity and a price were skipped`);
      if (columns.merchantSku !== null)
        remarks.push(
          'MerchantSKU has no effect in a feed; matches come from a matching file (POST .../Matching)',
        );
      const without = {
        quantity: reader.without.quantity + (plain?.without.quantity ?? 0),
        cost: reader.without.cost + (plain?.without.cost ?? 0),
      };
      return { remarks, rows: { without, suspects: sieve.suspects(), unread: reader.unread } };
    },
  };
}

async function find(tx: BulkTx, work: FeedWork<InventoryRows>): Promise<InventoryFound> {
  const { connection, staged } = work;
  const facts = { staged: staged.staged, ...staged.rows };
  let context = await feedContextOf(tx, connection, { ...work, feedRows: work.table, facts });
  if (isBeforeDeletion(context)) {
    const warnings = ['All items were removed after this file had arrived: nothing of it is applied'];
    const counts = { superseded: staged.staged };
    return { context, changes: null, leftOut: null, isOver: true, counts, findings: [], warnings };
  }
  const { hidden, doubtful } = staged.rows.unread;
  const knowsAll = hidden === 0 && doubtful !== null;
  if (work.isComplete && knowsAll) context = await addLeftOut(tx, context, doubtful);
  const changes = await findChanges(tx, context);
  const leftOut = work.isComplete && knowsAll ? await countLeftOut(tx) : null;
  return {
    context,
    changes,
    leftOut,
    counts: { ...countsOf(changes), ...(leftOut === null ? {} : { leftOut }) },
    findings: [...(leftOut === null ? [] : await listLeftOut(tx)), ...changes.repeats.listed],
    warnings: [...remarksOf(context), ...(work.isComplete && !knowsAll ? [textOfHidden(hidden)] : [])],
  };
}

function textOfHidden(hidden: number): string {
  const rows = hidden > 0 ? `of ${hidden} rows not even the SKU can be read` : 'too many rows cannot be read';
  return `Nothing was set to 0 though the file is complete: ${rows}, so that nobody knows what it leaves out`;
}

/** Whether a held feed was complete, and could be taken for it. */
async function wasComplete(tx: BulkTx, importId: number): Promise<boolean> {
  const [row] = await tx.query<{ complete: boolean }>(
    "SELECT counts ? 'leftOut' AS complete FROM imports WHERE id = $1",
    [importId],
  );
  return row?.complete === true;
}

function remarksOf(context: FeedContext): string[] {
  if (context.facts.staged === 0) return ['The file has no rows that could be taken'];
  return isBeforeZeroOut(context)
    ? ['ZeroOut came after this file had arrived: its quantities count as 0']
    : [];
}

/** Keeps the rows, and lets in the zeros among them where nobody has to confirm those. */
async function hold(
  tx: BulkTx,
  context: FeedContext,
  { reason, letsZerosGo }: { reason: string; letsZerosGo: boolean },
): Promise<{ reason: string; wake: Wake | null }> {
  await holdRows(tx, context);
  if (!letsZerosGo) return { reason, wake: null };
  const zeros = await withZeros(tx, context, async (part) => {
    await dropChanges(tx);
    const changes = await findChanges(tx, part);
    await applyChanges(tx, part);
    return changes;
  });
  const count = zeros.added + zeros.changed;
  const rest = count === 0 ? '' : `${count} SKUs with quantities of 0 went in at once; all else waits. `;
  return { reason: rest + reason, wake: wakeOf({ toSend: zeros.toSend > 0, toZero: zeros.toZero > 0 }) };
}

function wakeOf({ toSend, toZero }: { toSend: boolean; toZero: boolean }): Wake | null {
  return toSend ? { urgent: toZero } : null;
}
