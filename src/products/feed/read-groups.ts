import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Fields } from '../content/product-fields.js';
import { createGroup } from './group-rows.js';
import type { GroupedProduct, GroupOptions, GroupRow, RowImage } from './grouped-product.js';

const ROWS_AT_ONCE = 200;

interface StoredRow {
  rowNumber: number;
  role: GroupRow['role'];
  productKey: string;
  name: string;
  skuKey: string | null;
  sku: string | null;
  hasParent: boolean;
  product: string;
  variant: string;
  images: string;
}

/** The products of a file one after the other, in memory that does not grow with it. Only those of `product_groups`. */
export async function* readGroups(tx: BulkTx, options: GroupOptions): AsyncGenerator<GroupedProduct> {
  await tx.query(
    `DECLARE product_cursor NO SCROLL CURSOR FOR
     SELECT r.row_number AS "rowNumber", role, product_key AS "productKey", name, sku_key AS "skuKey", sku,
       has_parent AS "hasParent", product, variant, images
     FROM product_rows r JOIN product_groups USING (product_key) ORDER BY product_key, r.row_number`,
  );
  let key: string | null = null;
  let group = createGroup('', options);
  for (;;) {
    const rows = await tx.query<StoredRow>(`FETCH ${ROWS_AT_ONCE} FROM product_cursor`);
    for (const row of rows) {
      if (row.productKey !== key) {
        if (key !== null) yield group.end();
        key = row.productKey;
        group = createGroup(key, options);
      }
      group.add(rowOf(row));
    }
    if (rows.length < ROWS_AT_ONCE) break;
  }
  if (key !== null) yield group.end();
  await tx.query('CLOSE product_cursor');
}

function rowOf({ product, variant, images, ...row }: StoredRow): GroupRow {
  return {
    ...row,
    product: JSON.parse(product) as Fields,
    variant: JSON.parse(variant) as Fields,
    images: JSON.parse(images) as RowImage[],
  };
}
