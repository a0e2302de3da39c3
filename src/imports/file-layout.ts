import { createHash } from 'node:crypto';
import { columnLetter } from '../formats/column-letter.js';
import { shortened, squeezed } from './header.js';

/** What a column of a kind of feed may mean. The name is also the header by which every file of the kind may call it. */
export interface FeedField {
  name: string;
  /** For people: `Pieces that can be sold`. */
  meaning: string;
  /** Other headers that mean it without a question. */
  aliases?: readonly string[];
  /** Parts of headers by which it is proposed, in lower case. */
  hints?: readonly string[];
  /** What its cells are, by which it is proposed. */
  looksLike?: 'sku' | 'whole';
  isNeeded?: boolean;
  /** With several columns that may mean it somebody has to choose: none is proposed. */
  isChosen?: boolean;
  /** Its columns are told apart by what the field's name ends in: `Quantity in EAST`. The name here is the beginning. */
  ofEach?: boolean;
}

/** Field by name of the column; null: the column means nothing. */
export type LayoutMapping = Readonly<Record<string, string | null>>;

/** What the columns of a header mean: once for all files of a company and kind that have these columns, in whatever order. */
export interface Layout {
  companyId: number;
  feedKind: string;
  fingerprint: string;
  columns: readonly string[];
  mapping: LayoutMapping;
  importId: number | null;
  seenAt: Date;
  /** Null: a proposal. */
  confirmedAt: Date | null;
  confirmedBy: string | null;
}

const FINGERPRINT_DIGITS = 16;
const LAYOUT_ID = /^([a-z][a-z0-9-]{0,40})-([0-9a-f]{16})$/;

/** A header with the names by which layouts speak of its columns: as they stand there, each once. */
interface NamedHeader {
  names: string[];
  fingerprint: string;
}

/** `Price` and `Price` are `Price` and `Price (2)`; a column without a name is `Column C`. */
export function nameColumns(headers: readonly string[]): NamedHeader {
  const seen = new Set<string>();
  const names = headers.map((header, index) => {
    const name = squeezed(header) === '' ? `Column ${columnLetter(index)}` : shortened(header);
    let own = name;
    for (let nth = 2; seen.has(squeezed(own)); nth++) own = `${name} (${nth})`;
    seen.add(squeezed(own));
    return own;
  });
  const last = headers.findLastIndex((header) => squeezed(header) !== '');
  const keys = names.slice(0, last + 1).map((name) => squeezed(name));
  const hash = createHash('sha256').update(keys.toSorted().join('\n'));
  return { names, fingerprint: hash.digest('hex').slice(0, FINGERPRINT_DIGITS) };
}

/** As the API names a layout. */
export function layoutId({ feedKind, fingerprint }: Pick<Layout, 'feedKind' | 'fingerprint'>): string {
  return `${feedKind}-${fingerprint}`;
}

/** Null for a text that is no name of a layout. */
export function readLayoutId(text: string): Pick<Layout, 'feedKind' | 'fingerprint'> | null {
  const [, feedKind, fingerprint] = LAYOUT_ID.exec(text) ?? [];
  return feedKind === undefined || fingerprint === undefined ? null : { feedKind, fingerprint };
}

/** The header as its kind reads it: each column by the name of its field, and none where it means nothing. */
export function renamedHeaders(names: readonly string[], mapping: LayoutMapping): string[] {
  const fields = new Map(Object.entries(mapping).map(([name, field]) => [squeezed(name), field]));
  return names.map((name) => fields.get(squeezed(name)) ?? '');
}

/** The field that a text means, as it is to be stored: `quantity in east` is `Quantity in east`. Null: none of the kind's. */
export function fieldMeant(fields: readonly FeedField[], text: string): string | null {
  const given = text.trim();
  for (const { name, ofEach } of fields) {
    if (!ofEach && squeezed(name) === squeezed(given)) return name;
    const rest = given.slice(name.length + 1).trim();
    if (ofEach && rest !== '' && given.toLowerCase().startsWith(`${name.toLowerCase()} `))
      return `${name} ${rest}`;
  }
  return null;
}
