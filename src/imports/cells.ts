import { parseDateTime } from '../formats/date-time.js';
import { cleanText } from '../formats/clean-text.js';
import { cell, type CurrentRow } from './current-row.js';
import type { Numbers } from './numbers.js';
import { LARGEST_QUANTITY, LONGEST_SKU, PLAIN_SKU } from '../domain/sku.js';

/** How the cells of a column that only informs are read; a cell that does not fit is left out, and its row goes on. */
export type DetailKind = 'text' | 'number' | 'whole' | 'date';

const WHOLE = /^\d{1,10}(\.0*)?$/;
/** Some systems write the sign behind, some a real minus; accountants put what is missing in brackets. */
const NEGATIVE = /^[-\u2212]\s?([^-\u2212]{1,60})$|^([^-\u2212]{1,60}?)\s?[-\u2212]$|^\(([^()]{1,60})\)$/;
/** `>10` and `10+`: there are so many at least. */
const AT_LEAST = /^(?:>=?|\u2265)\s?(\d{1,9})$|^(\d{1,9})\s?\+$/;
/** `5 pcs`, `5 Stk.` */
const COUNTED =
  /^(\d{1,9}(?:\.0{1,3})?)\s?(?:pcs?|pieces?|units?|items?|ea|each|stk|stück|st|szt|шт|uds?|個|件|个)\.?$/i;
const SOLD_OUT =
  /^(?:out[ -]of[ -]stock|sold[ -]?out|ausverkauft|nicht (?:auf lager|verfügbar|lieferbar)|agotado|esgotado|épuisé|rupture(?: de stock)?|esaurito|uitverkocht|нет в наличии|缺货|売り切れ|在庫なし|品切れ)$/i;
const TOTALS =
  /^(?:(?:grand |sub-? ?)?totals?|totale|gesamt(?:summe)?|summe|sum|somme|suma|итого|всего|合計|合计|总计)\s?[:：]?$/i;
const BEYOND = /^\d{1,60}(\.0{0,60})?$/;
/** Zeros behind the decimals that are kept say nothing. */
const DECIMAL = /^\d{1,12}(\.\d{1,6}0*)?$/;
/** Also what stands for bytes that are no character of the encoding. */
const NOT_TEXT = /\p{Cc}|\p{Surrogate}|\ufffd/u;
/** What a spreadsheet shows where a formula failed. */
const SHEET_ERROR = /^#(?:N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)$/i;
/** Free text may have several lines. */
const NOT_FREE_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\p{Surrogate}/u; // oxlint-disable-line no-control-regex -- they are what is looked for
/** What a spreadsheet makes of a long number. */
const SPOILT_BY_SPREADSHEET = /^\d([.,]\d+)?e\+\d{1,3}$/i;
const LONGEST_DETAIL = 4_000;
const LONGEST_WAREHOUSE = 100;

/** The SKU in a cell; null when there is none that can be taken, which is reported. */
export function readSku(row: CurrentRow, index: number, nextWhenEmpty: string): string | null {
  const text = row.fields[index] ?? '';
  const doubt = row.doubts?.get(index);
  if (doubt) return row.refuse(index, doubt.message, doubt.next);
  if (PLAIN_SKU.test(text) && !/^[=#']|\+/.test(text) && !TOTALS.test(text)) return text;
  const sku = cleanText(text);
  if (sku === '') return row.refuse(index, 'is empty', nextWhenEmpty);
  if (sku.length > LONGEST_SKU) {
    return row.refuse(
      index,
      `has more than ${LONGEST_SKU} characters`,
      'Is the separator of the file right?',
    );
  }
  if (SPOILT_BY_SPREADSHEET.test(sku)) {
    const next = 'Format the column as text in the spreadsheet and write the SKU again';
    return row.refuse(index, 'looks like a number that a spreadsheet has rounded', next);
  }
  if (TOTALS.test(sku))
    return row.refuse(
      index,
      'is the word of a row of totals, and no SKU',
      'Leave the totals out of the file',
    );
  if (SHEET_ERROR.test(sku))
    return row.refuse(index, 'is what a spreadsheet shows where a formula failed', 'Mend the formula');
  if (!NOT_TEXT.test(sku)) return sku;
  const next = 'Write the SKU on one line, without control characters';
  return row.refuse(index, 'has a character that is not text', next);
}

/**
 * A number of pieces; null when it is none, which is reported. What an ERP has sold beyond its stock is nothing to sell:
 * refused, the former quantity would stay on sale.
 */
export function readQuantity(
  row: CurrentRow,
  index: number | null,
  { text: given, numbers }: { text: string; numbers: Numbers },
): number | null {
  const signed = NEGATIVE.exec(given);
  const unsigned = signed?.slice(1).find((part) => part !== undefined) ?? given;
  const number = numbers.read(unsigned);
  const isNegative = signed !== null && (number !== null || numbers.wasAmbiguous);
  if (numbers.wasAmbiguous && !isNegative) return refuseAmbiguous(row, index);
  const least =
    number === null
      ? (AT_LEAST.exec(given)
          ?.slice(1)
          .find((part) => part !== undefined) ?? null)
      : null;
  const counted = number === null ? (COUNTED.exec(given)?.[1] ?? null) : null;
  const text = number ?? least ?? counted ?? given;
  if (least !== null) row.remark(index, `is at least ${least} and counts as that`, 'Give a number');
  if (number === null && SOLD_OUT.test(given)) {
    row.remark(index, 'says that there is none and counts as 0', 'Give a number');
    return 0;
  }
  if (isNegative) {
    row.remark(index, 'is negative and counts as 0', 'Nothing is for sale of it');
    return 0;
  }
  const quantity = WHOLE.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (quantity <= LARGEST_QUANTITY) return quantity;
  if (BEYOND.test(text)) {
    row.remark(
      index,
      `is more than ${LARGEST_QUANTITY} and counts as that many`,
      'Is the column the right one?',
    );
    return LARGEST_QUANTITY;
  }
  const message = /^\d{1,60}\.\d{1,60}$/.test(text) ? 'is not a whole number' : 'is not a number';
  return row.refuse(index, message, 'A quantity is a whole number from 0');
}

/** A price in its own digits; empty when none is given, null when it was refused, which concerns nothing else of the row. */
export function readCost(row: CurrentRow, index: number | null, numbers: Numbers): string | null {
  const text = cell(row, index);
  if (text === '') return text;
  const number = numbers.read(text);
  if (number !== null && DECIMAL.test(number)) return number;
  if (numbers.wasAmbiguous) return refuseAmbiguous(row, index);
  return row.refuse(
    index,
    'is not a price',
    'A price is a number such as 19.99 or 19,99, with at most 6 decimals',
  );
}

function refuseAmbiguous(row: CurrentRow, index: number | null): null {
  const next =
    'No other number of the file tells whether it has thousands or decimals: write it without thousands, and with two decimals';
  return row.refuse(index, 'could be two different numbers', next);
}

export function isWarehouseCode(text: string): boolean {
  return text.length <= LONGEST_WAREHOUSE && !NOT_TEXT.test(text);
}

/** A cell that only informs, as it is kept; null when it is empty or (noted) none of its kind. */
export function readDetail(row: CurrentRow, index: number | null, kind: DetailKind): string | null {
  // Free text keeps what joins the signs of its script.
  const text = kind === 'text' && index !== null ? (row.fields[index] ?? '').trim() : cell(row, index);
  if (text === '' || index === null) return null;
  return detailOf(text, kind) ?? row.leaveOut(index);
}

function detailOf(text: string, kind: DetailKind): string | null {
  switch (kind) {
    case 'text':
      return text.length > LONGEST_DETAIL || NOT_FREE_TEXT.test(text) ? null : text;
    case 'number':
      return DECIMAL.test(text) ? text : null;
    case 'whole': {
      const whole = WHOLE.test(text) ? Number.parseInt(text, 10) : Number.NaN;
      return whole <= LARGEST_QUANTITY ? String(whole) : null;
    }
    default:
      return parseDateTime(text)?.toISOString() ?? null;
  }
}
