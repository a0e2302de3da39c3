import type { Finding } from '../../imports/current-row.js';
import type { Fields } from '../content/product-fields.js';

/** A picture of a row, and the place among the pictures of its product that the file gives it. */
export interface RowImage {
  url: string;
  position: number | null;
  /** On the row of one SKU in a file whose pictures are of SKUs. */
  isOfSku: boolean;
}

/** A row of a file, once it is known which product it belongs to. */
export interface GroupRow {
  rowNumber: number;
  role: 'parent' | 'variant' | 'image';
  /** The name of its group, as the file writes it. */
  name: string;
  skuKey: string | null;
  sku: string | null;
  /** It names a parent, or is one. */
  hasParent: boolean;
  product: Fields;
  variant: Fields;
  images: RowImage[];
}

export interface GroupedVariant {
  skuKey: string;
  sku: string;
  row: number;
  fields: Fields;
}

/** A later row that says something else of the product than an earlier one. */
export interface RowConflict {
  field: string;
  row: number;
  value: string | null;
  firstRow: number;
  first: string | null;
}

/** What a file says of one product. */
export interface GroupedProduct {
  key: string;
  name: string;
  row: number;
  rows: number;
  fields: Fields;
  variants: GroupedVariant[];
  conflicts: RowConflict[];
  findings: Finding[];
  /** Rows of which nothing is taken. */
  errorCount: number;
}

export interface GroupOptions {
  caseSensitive: boolean;
  /** Setting generateProductSkus. */
  generateSkus: boolean;
}
