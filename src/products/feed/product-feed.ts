import type { FeedKind, FeedTable, TableOptions } from '../../imports/feed-kind.js';
import { remarksOnLeftOut } from '../../imports/row-reader.js';
import { productExamples } from '../../logicbroker/product-schema.js';
import type { ProductsDeps } from '../products-deps.js';
import { applyProducts } from './apply-products.js';
import { findProducts, type ProductsFound, type ReadProductRows } from './find-products.js';
import { readProductColumns } from './product-columns.js';
import { lockProducts } from './product-lock.js';
import { productFields } from './product-layout.js';
import { createProductRowReader } from './product-row.js';
import { createProductRows } from './product-rows.js';

/** As stored and shown. */
export const PRODUCT_FEED = 'product';

/**
 * What products are to be, row by row: files of shops, marketplaces and TikTok's own template. Everything is kept as a draft
 * (wanted_products, wanted_skus); what of it is sent, and when, others decide.
 */
export function productFeed(deps: ProductsDeps): FeedKind<ReadProductRows, ProductsFound> {
  return {
    code: PRODUCT_FEED,
    label: 'Product feed',
    door: {
      path: '/Product/:partnerId',
      tag: 'Product',
      versions: ['v1', 'v2'],
      placeOf: (partnerId, importId) => `/Product/${partnerId}/${importId}`,
      operation: {
        name: 'postProducts',
        summary: 'Send a feed of products',
        description:
          'CSV, XLSX or JSON with the columns of docs/products.md, or the export of a shop or marketplace as it is. Rows are ' +
          'grouped into products and kept as drafts: nothing is sent before PUT Product/{partnerId}/{feedId}. An empty cell ' +
          'leaves its value as it is, the word null clears it. Of two feeds that say the same the one whose first byte came ' +
          'later counts.',
      },
      bodyExamples: productExamples,
    },
    ownCounts: ['removed', 'products', 'productsAdded', 'productsChanged'],
    events: {
      taken: 'products-imported',
      failed: 'products-import-error',
      held: 'products-import-error',
      nothingTaken: 'products-nothing-taken',
    },
    needsGoodRow: true,
    takesXml: true,

    fields: productFields,
    createTable: createProductRows,
    openTable: openProducts,
    lock: (tx, { id, companyId, settings }) =>
      lockProducts(deps, tx, { id, companyId, caseSensitive: settings.caseSensitiveSkus }),
    find: findProducts,
    async apply(tx, { connection, importId, now }) {
      const { id: connectionId, companyId } = connection;
      await applyProducts(tx, { connectionId, companyId, importId, now, isFeed: true });
      return { wake: { urgent: false } };
    },
    async wake(connectionId) {
      deps.checkSoon?.(connectionId);
    },
  };
}

/** Reads rows of products with any of the known layouts. @throws AppError invalid-document without a column for the SKU */
export function openProducts(headers: string[], options: TableOptions): FeedTable<ReadProductRows> {
  const columns = readProductColumns(headers);
  const reader = createProductRowReader(columns, options);
  return {
    warnings: columns.warnings,
    read: reader.read,
    refuse: reader.refuse,
    end: () => ({
      remarks: remarksOnLeftOut(reader.leftOut),
      rows: { hasParents: columns.parent !== null || columns.variations !== null },
    }),
  };
}
