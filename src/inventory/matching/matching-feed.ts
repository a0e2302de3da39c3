import { copyText } from '../../imports/copy-text.js';
import type { FeedKind, FeedTable, FoundChanges, TableOptions } from '../../imports/feed-kind.js';
import { createRowReader, remarksOnLeftOut } from '../../imports/row-reader.js';
import { readSku } from '../../imports/cells.js';
import { foldSku } from '../../domain/sku.js';
import { AppError } from '../../kernel/errors.js';
import { matchingExamples } from '../../logicbroker/inventory-schema.js';
import { inventoryColumns } from '../feed/feed-columns.js';
import { matchingFields } from '../feed/inventory-fields.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { lockInventory } from '../items/inventory-lock.js';
import { applyMatches, createMatchRows, settleMatchRows } from './apply-matching.js';
import { followMatches } from './late-sku-matches.js';

interface MatchingFound extends FoundChanges {
  errorCount: number;
}

/**
 * Which SKU in TikTok the ERP's SKU is. Matches that the file does not name stay, and so do those of a file that arrived
 * later.
 */
export function matchingFeed(deps: InventoryDeps): FeedKind<undefined, MatchingFound> {
  return {
    code: 'matching',
    label: 'Matching file',
    door: {
      path: '/Inventory/:partnerId/Matching',
      operation: {
        name: 'postMatching',
        summary: 'Send a matching file',
        description:
          'SupplierSKU and MerchantSKU: which SKU in TikTok yours is. Matches that the file does not name stay.',
      },
      bodyExamples: matchingExamples,
    },
    ownCounts: ['unmatched'],
    events: {
      taken: 'inventory-imported',
      failed: 'inventory-import-error',
      held: 'inventory-held',
      nothingTaken: 'inventory-nothing-taken',
    },

    fields: matchingFields,
    createTable: createMatchRows,
    openTable: openMatching,
    lock: (tx, { id, companyId, settings }) =>
      lockInventory(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus }),
    async find(tx) {
      const { errors, errorCount } = await settleMatchRows(tx);
      return { counts: {}, findings: errors, errorCount, warnings: [] };
    },
    async apply(tx, { connection, importId, staged, now }, { errorCount }) {
      const { id: connectionId, companyId } = connection;
      const counts = await applyMatches(tx, { connectionId, companyId, importId, now });
      const [row] = await tx.query<{ unmatched: number }>(
        'SELECT count(*)::int AS unmatched FROM inventory_items WHERE connection_id = $1 AND merchant_sku IS NULL',
        [connectionId],
      );
      const unchanged = staged.staged - errorCount - counts.added - counts.changed - counts.superseded;
      return { counts: { ...counts, unchanged, ...row }, wake: { urgent: false } };
    },
    wake: async (connectionId, wake) => deps.inventoryChanged?.(connectionId, wake),
    follow: (connection) => followMatches(deps, connection),
  };
}

/** Rows of a matching file: row number, key of the SKU, SKU (null when it is its own key), merchant SKU, its key. */
function openMatching(headers: string[], { caseSensitive, report }: TableOptions): FeedTable<undefined> {
  const columns = inventoryColumns(headers);
  const { merchantSku } = columns;
  if (merchantSku === null) {
    throw new AppError('invalid-document', 'The file has no column MerchantSKU.', {
      details: [
        { field: 'MerchantSKU', message: 'a matching file has the columns SupplierSKU and MerchantSKU' },
      ],
    });
  }
  const reader = createRowReader({ columns, caseSensitive, report }, (row, start) => {
    const merchant = readSku(row, merchantSku, 'Give the seller SKU that the item has in TikTok');
    if (merchant === null) return null;
    return `${start}${copyText(merchant)}\t${copyText(foldSku(merchant, caseSensitive))}\n`;
  });
  return {
    warnings: columns.warnings,
    read: reader.read,
    refuse: reader.refuse,
    end: () => ({ remarks: remarksOnLeftOut(reader.leftOut), rows: undefined }),
  };
}
