import { elementOf, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import { text } from '../../logicbroker/json-reading.js';
import type { X12Codes } from './partner.js';
import { find, itemOf, loopsOf, placeOf } from './set-reading.js';

/** A row of an inventory feed, by the names of its columns. */
export interface InventoryRow {
  cells: Readonly<Record<string, string>>;
  at: NonNullable<ErrorDetail['at']>;
}

/** An inventory inquiry (846) as rows of an inventory feed. Of several quantities the first that the profile names counts. */
export function readInventorySet(
  set: X12Set,
  codes: X12Codes,
): { rows: InventoryRow[]; problems: ErrorDetail[] } {
  const { loops, after } = loopsOf(set, 'LIN', ['CTT', 'SE']);
  const problems: ErrorDetail[] = [];
  const rows = loops.flatMap(({ head, rest }): InventoryRow[] => {
    const item = itemOf(head, 2, codes);
    const quantity = codes.available
      .map((code) => find(rest, 'QTY', code))
      .find((segment) => segment !== undefined);
    if (!quantity) {
      problems.push({
        at: placeOf(head),
        message: 'has no quantity that is available',
        next: `Send a QTY with ${codes.available[0]}`,
      });
      return [];
    }
    const price = rest.find((segment) => segment.name === 'CTP' && elementOf(segment, 2) === 'DIS');
    const description = rest.find(({ name }) => name === 'PID');
    const cells = {
      SupplierSKU: text(item['SupplierSKU']),
      MerchantSKU: text(item['PartnerSKU']),
      UPC: text(item['UPC']),
      ManufacturerSKU: text(item['ManufacturerSKU']),
      Quantity: elementOf(quantity, 2),
      Cost: elementOf(price, 3),
      Warehouse: elementOf(find(rest, 'REF', 'IO'), 2),
      Description: elementOf(description, 5),
    };
    const present = Object.entries(cells).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
    return [{ cells: Object.fromEntries(present), at: placeOf(head) }];
  });
  const ctt = find(after, 'CTT');
  if (ctt && elementOf(ctt, 1) !== '' && Number(elementOf(ctt, 1)) !== loops.length)
    problems.push({ at: placeOf(ctt, 1), message: `counts other items than the ${loops.length} that came` });
  return { rows, problems };
}
