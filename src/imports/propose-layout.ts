import { squeezed } from './header.js';
import type { FeedField, LayoutMapping } from './file-layout.js';

/** A header with the rows below it, as far as they were seen. */
interface SeenTable {
  names: readonly string[];
  rows: readonly (readonly string[])[];
}

const WHOLE = /^-?\d{1,9}(?:[.,]0*)?$/;
/** Shopify writes so where an item is not kept at a place. */
const NO_STOCK = /^(?:not stocked)?$/i;
const SKU = /^(?=.*[\p{L}\d])[^\s]{1,60}$/u;
const FEWEST_ROWS = 2;
/** Whole numbers that count nothing that could be sold. */
const NO_COUNT =
  /id$|^id|nr$|^nr|position|gram|weight|gewicht|year|jahr|upc|ean|gtin|isbn|barcode|days|width|height|length|\?$/i;

/**
 * What the columns of a header may mean, for somebody to confirm: by their names, then by parts of them, then by what stands
 * below. A field is proposed once; of several columns that may be a field that has to be chosen, none is.
 * @param things names of what a field is asked of each, such as the shop's warehouses
 */
export function proposeLayout(
  fields: readonly FeedField[],
  { names, rows }: SeenTable,
  things: readonly string[],
): LayoutMapping {
  const open = new Map(names.map((name, index) => [squeezed(name), { name, index }]));
  const mapping: Record<string, string | null> = Object.fromEntries(names.map((name) => [name, null]));
  const give = (key: string, field: string): void => {
    const column = open.get(key);
    if (!column) return;
    mapping[column.name] = field;
    open.delete(key);
  };
  const cells = (index: number): string[] => rows.map((row) => (row[index] ?? '').trim());
  const unmet: FeedField[] = [];

  for (const field of fields) {
    if (field.ofEach) continue;
    const keys = [field.name, ...(field.aliases ?? [])].map((name) => squeezed(name));
    const found = [...new Set(keys)].filter((key) => open.has(key));
    if (found.length === 0) unmet.push(field);
    else if (field.isChosen && found.length > 1) for (const key of found) open.delete(key);
    else give(found[0]!, field.name);
  }
  const each = fields.find(({ ofEach }) => ofEach);
  const known = new Map(things.map((name) => [squeezed(name), name]));
  if (each) {
    for (const key of open.keys()) if (known.has(key)) give(key, `${each.name} ${known.get(key)!}`);
  }
  for (const field of unmet) {
    const [key, other] = [...open.keys()].filter((name) => field.hints?.some((hint) => name.includes(hint)));
    if (key !== undefined && !(field.isChosen && other !== undefined)) give(key, field.name);
  }
  if (rows.length < FEWEST_ROWS) return mapping;
  const isMet = ({ name, ofEach }: FeedField): boolean =>
    Object.values(mapping).some(
      (field) => field !== null && (ofEach ? field.startsWith(`${name} `) : field === name),
    );
  for (const field of unmet.filter((one) => !isMet(one))) {
    const fitting = [...open].filter(
      ([, { name, index }]) =>
        fits(field, cells(index)) && (field.looksLike === 'sku' || !NO_COUNT.test(name.trim())),
    );
    if (field.looksLike === 'sku' && fitting.length > 0) give(fitting[0]![0], field.name);
    if (field.looksLike !== 'whole' || (each && isMet(each))) continue;
    if (fitting.length === 1) give(fitting[0]![0], field.name);
    else if (each && areNeighbours(fitting.map(([, { index }]) => index)))
      for (const [key, { name }] of fitting) give(key, `${each.name} ${name}`);
  }
  return mapping;
}

/** Columns of one sort stand beside each other. */
function areNeighbours(indexes: readonly number[]): boolean {
  return indexes.length > 1 && indexes.every((index, at) => at === 0 || index === indexes[at - 1]! + 1);
}

function fits({ looksLike }: FeedField, cells: readonly string[]): boolean {
  switch (looksLike) {
    case 'sku':
      return new Set(cells).size === cells.length && cells.every((cell) => SKU.test(cell));
    case 'whole':
      return (
        cells.some((cell) => WHOLE.test(cell)) &&
        cells.every((cell) => WHOLE.test(cell) || NO_STOCK.test(cell))
      );
    default:
      return false;
  }
}
