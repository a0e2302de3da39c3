import type { PlainLines } from '../../imports/feed-kind.js';
import type { Numbers } from '../../imports/numbers.js';
import type { RepeatSieve } from '../../imports/repeat-sieve.js';
import { LONGEST_PLAIN_SKU } from '../../domain/sku.js';
import type { FeedColumns } from './feed-columns.js';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const NUMBER_SIGN = 0x23;
const APOSTROPHE = 0x27;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const CAPITAL_A = 0x41;
const CAPITAL_N = 0x4e;
const CAPITAL_Z = 0x5a;
const BACKSLASH = 0x5c;
const LAST_PRINTABLE = 0x7e;
const TO_LOWER_CASE = 0x20;

/** Fewer than the reader of fields takes, so that none of these can be out of range. */
const MOST_QUANTITY_DIGITS = 9;
const MOST_DIGITS = 12;
const MOST_DECIMALS = 6;
/** As many digits as a group of thousands has. */
const THOUSANDS = 3;

/** First two letters of words for totals: to, su, so, ge. */
const TOTALS_BEGIN = [0x74_6f, 0x73_75, 0x73_6f, 0x67_65];
const LONGEST_TOTALS = 13;

const BLOCK_BYTES = 65_536;
/** The longest line that can be written: row number, key, SKU, quantity, cost and what stands between them. */
const MOST_LINE_BYTES =
  10 + 2 * LONGEST_PLAIN_SKU + MOST_QUANTITY_DIGITS + MOST_DIGITS + 1 + MOST_DECIMALS + 32;

interface PlainRowsOptions {
  columns: FeedColumns;
  caseSensitive: boolean;
  delimiter: string;
  sieve: RepeatSieve;
  /** Takes lines for COPY; the block is its own. */
  write: (block: Buffer) => void;
  /** Is told of prices with decimals, by which other numbers of the file are read. */
  numbers: Pick<Numbers, 'sawPoint'>;
}

export interface PlainRows extends PlainLines {
  /** Rows that were taken without a quantity, and without a price. */
  without: { quantity: number; cost: number };
}

/**
 * Rows of a feed as nearly all are: SKU, quantity and price in plain digits and letters. They go from the bytes of the
 * file to the lines of COPY without a string, in less than half the time that `createFeedRowReader` takes, and mean the same.
 * Whatever is not plain is left to that one: quotes, blanks, other letters, further cells, and all that is wrong.
 * Null: no row of such columns is plain.
 */
export function createPlainRows({
  columns,
  caseSensitive,
  delimiter,
  sieve,
  write,
  numbers,
}: PlainRowsOptions): PlainRows | null {
  if (columns.warehouses.length > 0) return null;
  const separator = delimiter.charCodeAt(0);
  const { count, supplierSku } = columns;
  const quantity = columns.quantity ?? -1;
  const cost = columns.cost ?? -1;
  const empties = columns.details.map(({ index }) => index);
  /** Where the cells of the line begin, and behind the last one. Its end is a byte before the next one's beginning. */
  const starts = new Int32Array(count + 1);
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let length = 0;
  const without = { quantity: 0, cost: 0 };
  let hasSeenPoint = false;

  /** Finds the cells of the line at `from`. Answers where the next line begins; -1 when it is not plain, or not whole. */
  function cut(bytes: Uint8Array, from: number): number {
    let cells = 0;
    starts[0] = from;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === separator) {
        cells += 1;
        if (cells === count) return -1;
        starts[cells] = at + 1;
      } else if (byte === LINE_FEED) {
        if (cells + 1 !== count) return -1;
        const isAfterReturn = at > from && bytes[at - 1] === CARRIAGE_RETURN;
        starts[count] = isAfterReturn ? at : at + 1;
        return at + 1;
      } else if (byte < BLANK || byte > LAST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) {
        if (byte !== CARRIAGE_RETURN || bytes[at + 1] !== LINE_FEED) return -1;
      }
    }
    return -1;
  }

  function isPlain(bytes: Uint8Array): boolean {
    const sku = isPlainSku(bytes, starts[supplierSku]!, starts[supplierSku + 1]! - 1);
    if (!sku) return false;
    const hasQuantity = quantity !== -1 && starts[quantity + 1]! - 1 > starts[quantity]!;
    const hasCost = cost !== -1 && starts[cost + 1]! - 1 > starts[cost]!;
    if (!hasQuantity && !hasCost) return false;
    if (hasQuantity && !isDigits(bytes, starts[quantity]!, starts[quantity + 1]! - 1, MOST_QUANTITY_DIGITS))
      return false;
    if (hasCost && !isPlainCost(bytes)) return false;
    for (const index of empties) if (starts[index + 1]! - 1 > starts[index]!) return false;
    return true;
  }

  /** A price whose decimals could be thousands is left to the reader of numbers; others tell it what this file does. */
  function isPlainCost(bytes: Uint8Array): boolean {
    const end = starts[cost + 1]! - 1;
    const decimals = decimalsOfPrice(bytes, starts[cost]!, end);
    if (decimals === -1 || decimals === THOUSANDS) return false;
    if (decimals > 0 && !hasSeenPoint) {
      hasSeenPoint = true;
      numbers.sawPoint();
    }
    return true;
  }

  function writeNumber(value: number): void {
    let digits = 1;
    for (let rest = value; rest > NINE - ZERO; rest = Math.floor(rest / 10)) digits += 1;
    let rest = value;
    for (let at = length + digits - 1; at >= length; at--) {
      block[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    length += digits;
  }

  function writeNull(): void {
    block[length++] = BACKSLASH;
    block[length++] = CAPITAL_N;
  }

  /** Answers whether there is something in the cell. */
  function writeCell(bytes: Uint8Array, index: number): boolean {
    const start = index === -1 ? 0 : starts[index]!;
    const end = index === -1 ? 0 : starts[index + 1]! - 1;
    if (start === end) writeNull();
    for (let at = start; at < end; at++) block[length++] = bytes[at]!;
    return start < end;
  }

  /** The key in lower case, and the SKU where it is another text than its key. */
  function writeSku(bytes: Uint8Array): void {
    const end = starts[supplierSku + 1]! - 1;
    const key = length;
    let isFolded = false;
    let hash = sieve.start;
    for (let at = starts[supplierSku]!; at < end; at++) {
      let byte = bytes[at]!;
      if (!caseSensitive && byte >= CAPITAL_A && byte <= CAPITAL_Z) {
        isFolded = true;
        byte += TO_LOWER_CASE;
      }
      hash = sieve.next(hash, byte);
      block[length++] = byte;
    }
    if (sieve.sees(hash)) sieve.suspect(block.toString('latin1', key, length));
    block[length++] = TAB;
    if (isFolded) writeCell(bytes, supplierSku);
    else writeNull();
  }

  /** Row number, key, SKU, quantity, warehouse, warehouses, cost, details. */
  function writeLine(bytes: Uint8Array, rowNumber: number): void {
    writeNumber(rowNumber);
    block[length++] = TAB;
    writeSku(bytes);
    block[length++] = TAB;
    if (!writeCell(bytes, quantity)) without.quantity += 1;
    block[length++] = TAB;
    writeNull();
    block[length++] = TAB;
    writeNull();
    block[length++] = TAB;
    if (!writeCell(bytes, cost)) without.cost += 1;
    block[length++] = TAB;
    writeNull();
    block[length++] = LINE_FEED;
  }

  const rows = {
    taken: 0,
    without,
    take(bytes: Uint8Array, from: number, rowNumber: number): number {
      let at = from;
      for (let number = rowNumber + 1; ; number++) {
        const next = cut(bytes, at);
        if (next === -1 || !isPlain(bytes)) return at;
        if (length + MOST_LINE_BYTES > BLOCK_BYTES) rows.flush();
        writeLine(bytes, number);
        rows.taken += 1;
        at = next;
      }
    },
    flush(): void {
      if (length === 0) return;
      write(block.subarray(0, length));
      // What was written may not have left yet.
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      length = 0;
    },
  };
  return rows;
}

function isPlainSku(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > LONGEST_PLAIN_SKU) return false;
  if (mayBeTotals(bytes, start, end)) return false;
  // A plus may be a number that a spreadsheet has spoilt.
  for (let at = start; at < end; at++) if (bytes[at] === BLANK || bytes[at] === PLUS) return false;
  // These may be guards of a spreadsheet around the SKU.
  return bytes[start] !== EQUALS && bytes[start] !== APOSTROPHE && bytes[start] !== NUMBER_SIGN;
}

/** `Total`, `Summe`, `Gesamt` and the like, with which rows of totals begin: whether it is one the reader of fields knows. */
function mayBeTotals(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST_TOTALS) return false;
  const pair = ((bytes[start]! | TO_LOWER_CASE) << 8) | (bytes[start + 1]! | TO_LOWER_CASE);
  return TOTALS_BEGIN.includes(pair);
}

function isDigits(bytes: Uint8Array, start: number, end: number, most: number): boolean {
  if (end === start || end - start > most) return false;
  for (let at = start; at < end; at++) if (bytes[at]! < ZERO || bytes[at]! > NINE) return false;
  return true;
}

/** Digits behind the point of a price, 0 without one; -1 when it is none in plain digits. */
function decimalsOfPrice(bytes: Uint8Array, start: number, end: number): number {
  let point = start;
  while (point < end && bytes[point] !== POINT) point += 1;
  if (!isDigits(bytes, start, point, MOST_DIGITS)) return -1;
  if (point === end) return 0;
  return isDigits(bytes, point + 1, end, MOST_DECIMALS) ? end - point - 1 : -1;
}
