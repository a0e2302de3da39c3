import { COPY_NULL, copyText } from '../../imports/copy-text.js';
import type { Fields } from '../content/product-fields.js';
import type { RowImage } from './grouped-product.js';

/** What a row says, as `createProductRows` takes it. */
interface StagedLine {
  rowNumber: number;
  role: string;
  productKey: string;
  name: string;
  parentRef: string | null;
  ownRef: string | null;
  skuKey: string | null;
  sku: string | null;
  hasParent: boolean;
  product: Fields;
  variant: Fields;
  images: RowImage[];
}

/** A line for COPY. */
export function stagedLine(line: StagedLine): string {
  return (
    `${line.rowNumber}\t${line.role}\t${copyText(line.productKey)}\t${copyText(line.name)}\t${copied(line.parentRef)}\t` +
    `${copied(line.ownRef)}\t${copied(line.skuKey)}\t${copied(line.sku)}\t${line.hasParent ? 't' : 'f'}\t` +
    `${copyText(JSON.stringify(line.product))}\t${copyText(JSON.stringify(line.variant))}\t` +
    `${copyText(JSON.stringify(line.images))}\n`
  );
}

function copied(value: string | null): string {
  return value === null ? COPY_NULL : copyText(value);
}
