import { stringify } from 'csv-stringify/sync';
import type { Delimiter } from '../formats/csv-reader.js';
import type { Tx } from '../store/database.js';
import { listProductsAfter, type StoredProduct } from './product-store.js';
import { renderSku } from './render-product.js';

const PRODUCTS_AT_ONCE = 200;

interface ExportOptions {
  fileType: 'csv' | 'json';
  delimiter: Delimiter;
}

/**
 * All SKUs as one text, piece by piece. CSV has the columns that a feed takes, so that a file can be edited and sent back; it
 * is for machines, so values are as they are, without an apostrophe before formulas.
 */
export async function* exportProducts(
  tx: Tx,
  connectionId: number,
  { fileType, delimiter }: ExportOptions,
): AsyncGenerator<string> {
  if (fileType === 'json') {
    let separator = '[';
    for await (const product of allProducts(tx, connectionId)) {
      for (const sku of product.skus) {
        yield separator + JSON.stringify(renderSku(product, sku));
        separator = ',';
      }
    }
    yield separator === '[' ? '[]' : ']';
    return;
  }
  const columns = await columnsOf(tx, connectionId);
  const format = { delimiter, record_delimiter: '\r\n' };
  yield stringify([columns], format);
  for await (const product of allProducts(tx, connectionId)) {
    const rows = product.skus.map((sku) => {
      const values = { ...product.fields, ...sku.fields } as Record<string, string | null>;
      if (sku.isRemoved) values['Action'] = 'RemoveVariant';
      return [sku.sku, product.name, ...columns.slice(2).map((name) => values[name] ?? '')];
    });
    yield stringify(rows, format);
  }
}

async function columnsOf(tx: Tx, connectionId: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT name FROM (
      SELECT jsonb_object_keys(fields) AS name FROM wanted_products WHERE connection_id = ${connectionId} AND deleted_n IS NULL
      UNION ALL SELECT jsonb_object_keys(fields) FROM wanted_skus WHERE connection_id = ${connectionId}
    ) f ORDER BY name`;
  return ['Merchant SKU', 'Parent SKU', ...rows.map(({ name }) => name)];
}

async function* allProducts(tx: Tx, connectionId: number): AsyncGenerator<StoredProduct> {
  for (let after = ''; ;) {
    const products = await listProductsAfter(tx, { connectionId }, { after, limit: PRODUCTS_AT_ONCE });
    yield* products;
    const last = products.at(-1);
    if (!last || products.length < PRODUCTS_AT_ONCE) return;
    after = last.productKey;
  }
}
