import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import type { FeedWork } from '../imports/feed-kind.js';
import { nextImportId } from '../imports/import-store.js';
import { stageRows } from '../imports/stage-rows.js';
import type { TableSource } from '../imports/table-source.js';
import { answerDetail } from '../imports/file-report.js';
import { AppError } from '../kernel/errors.js';
import { bulkTransaction } from '../store/bulk-transaction.js';
import { applyProducts } from './feed/apply-products.js';
import { findProducts, type ProductCounts, type ReadProductRows } from './feed/find-products.js';
import { openProducts } from './feed/product-feed.js';
import { lockProducts } from './feed/product-lock.js';
import { createProductRows } from './feed/product-rows.js';
import { productTrail } from './product-trail.js';
import type { ProductsDeps } from './products-deps.js';

/** A row as somebody writes it by hand: value by column. */
export type RowValues = Record<string, string>;

/**
 * Takes rows that came in a call, as if they were a file that arrives now; all of them or none.
 * @throws AppError invalid-document with the findings; conflict when a file of the shop takes too long
 */
export async function changeProducts(
  deps: ProductsDeps,
  { connection, by }: { connection: Connection; by: Actor },
  rows: readonly RowValues[],
): Promise<ProductCounts> {
  const { id: connectionId, companyId, settings } = connection;
  const caseSensitive = settings.caseSensitiveSkus;
  return bulkTransaction(deps.db, async (tx) => {
    const table = await createProductRows(tx);
    const staged = await stageRows<ReadProductRows>(tx, sourceOfRows(rows), {
      kind: { openTable: openProducts },
      table,
      caseSensitive,
    });
    await lockProducts(deps, tx, { id: connectionId, companyId, caseSensitive });
    const importId = await nextImportId(tx);
    const now = deps.clock.now();
    const work: FeedWork<ReadProductRows> = {
      connection,
      importId,
      receivedAt: now,
      isComplete: false,
      table,
      staged,
      now,
    };
    const found = await findProducts(tx, work);
    const errors = [...staged.findings, ...found.findings].filter(({ level }) => level !== 'overridden');
    if (errors.length > 0)
      throw new AppError('invalid-document', 'The product is not valid.', {
        details: errors.slice(0, 100).map((finding) => answerDetail(finding)),
      });
    await applyProducts(tx, { connectionId, companyId, importId, now, isFeed: false });
    const names = rows.map((row) => row['Parent SKU'] ?? row['Merchant SKU'] ?? '');
    await productTrail(tx, by, connection, {
      action: 'product.changed',
      subject: `products ${[...new Set(names)].slice(0, 20).join(', ')}`,
      after: rows.slice(0, 20),
    });
    return found.counts;
  });
}

function sourceOfRows(rows: readonly RowValues[]): TableSource {
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    bytes: 1,
    warnings: [],
    decimalSign: '.',
    async *read(handlers) {
      handlers.row(headers, headers.length, 0);
      for (const [index, row] of rows.entries())
        handlers.row(
          headers.map((header) => row[header] ?? ''),
          headers.length,
          index + 1,
        );
      yield;
    },
  };
}
