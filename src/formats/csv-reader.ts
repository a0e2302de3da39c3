import { LONGEST_ROW, type RowProblem, type TableHandlers } from './table.js';

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvReader {
  write(text: string): void;
  /** Whether the text so far ended with a row. */
  isBetweenRows(): boolean;
  /** Number of the last row. */
  readonly rowNumber: number;
  /** Counts rows that another reader has read between two texts. */
  countRows(rows: number): void;
  end(): void;
}

const QUOTE = 0x22;
const BLANK = 0x20;
const CARRIAGE_RETURN = 0x0d;
const UNKNOWN = -2;
/** Of a line that is no row. */
const SHOWN_OF_LINE = 1_000;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** Lines without any separator that may stand above the header: the title of a report. */
const MOST_TITLES = 20;

/**
 * By the header alone, which is the first line that has a separator: the one that stands in it most often outside quotes. A
 * comma where there is none. What the first line of spreadsheets declares (`sep=;`) counts before.
 */
export function sniffDelimiter(start: string): Delimiter {
  const declared = declaredDelimiter(start);
  if (declared) return declared;
  for (const line of start.split(/\r\n|[\r\n]/, MOST_TITLES)) {
    const header = line.replaceAll(/"[^"]*"/g, '');
    const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
    const most = Math.max(...counts);
    if (most > 1) return delimiterBelow(start, line) ?? DELIMITERS[counts.indexOf(most)]!;
  }
  return ',';
}

const FEWEST_ALIKE = 2;
const SHARE_ALIKE = 0.8;

/**
 * A title may have a separator, too: the one that stands in nearly all lines below it, in each as often, where the title's own
 * stands in none as often as in the title. Null where the first line is like those below.
 */
function delimiterBelow(start: string, first: string): Delimiter | null {
  const text = start.slice(start.indexOf(first)).replaceAll(/"[^"]*"/g, '');
  const lines = text.split(/\r\n|[\r\n]/, MOST_TITLES + 1).filter((line) => line !== '');
  const below = lines.slice(1, lines.length > MOST_TITLES ? -1 : undefined);
  if (below.length < FEWEST_ALIKE) return null;
  const countIn = (line: string, delimiter: Delimiter): number => line.split(delimiter).length - 1;
  for (const delimiter of DELIMITERS) {
    const own = countIn(lines[0] ?? '', delimiter);
    if (own > 0 && below.some((line) => countIn(line, delimiter) >= own)) return null;
  }
  const alike = DELIMITERS.map((delimiter) => {
    const counts = below.map((line) => countIn(line, delimiter));
    return Math.max(
      ...counts.map((count) => (count === 0 ? 0 : counts.filter((other) => other === count).length)),
    );
  });
  const most = Math.max(...alike);
  return most >= below.length * SHARE_ALIKE ? DELIMITERS[alike.indexOf(most)]! : null;
}

/** The separator that a first line `sep=;` names, as spreadsheets write and read it; null without such a line. */
export function declaredDelimiter(start: string): Delimiter | null {
  const declared = /^"?sep=([,;\t|])"?\s*[\r\n]/i.exec(start)?.[1];
  return DELIMITERS.find((delimiter) => delimiter === declared) ?? null;
}

/** `\r` alone ends lines only in files that have no `\n`: old Macintosh spreadsheets. */
export function sniffLineEnd(start: string): '\n' | '\r' {
  return start.includes('\n') || !start.includes('\r') ? '\n' : '\r';
}

/**
 * Reads CSV (RFC 4180, any of four separators, CRLF or LF) from pieces of text and keeps nothing but the unfinished row.
 * A quote counts only at the start of a field. A row with a quote that is never closed costs its own line only.
 *
 * Most rows have no quote: they are cut at the separators without a look at single characters, which is what makes this
 * as fast as a plain split.
 */
export function createCsvReader(
  delimiter: Delimiter,
  lineEnd: '\n' | '\r',
  handlers: TableHandlers,
): CsvReader {
  const fields: string[] = [];
  let rest = '';
  let rowNumber = 0;
  let isUnended = false;
  /** In the middle of a row that is too long: everything up to its end is skipped. */
  let skips = false;
  /** Where the next ones are in the text that is read; UNKNOWN before the first look, -1 when there is none any more. */
  let nextDelimiter = UNKNOWN;
  let nextLineEnd = UNKNOWN;

  function write(text: string): void {
    const all = rest === '' ? text : rest + text;
    rest = all.slice(readRows(all, false));
  }

  /** Answers how far it came; what is left is an unfinished row. */
  function readRows(all: string, isLast: boolean): number {
    let at = 0;
    nextDelimiter = UNKNOWN;
    nextLineEnd = UNKNOWN;
    let quoteAt = all.indexOf('"');
    let delimiterAt = all.indexOf(delimiter);
    for (;;) {
      let end = all.indexOf(lineEnd, at);
      if (skips) {
        if (end === -1) return all.length;
        skips = false;
        at = end + 1;
        continue;
      }
      if (quoteAt !== -1 && quoteAt < at) quoteAt = all.indexOf('"', at);
      if (quoteAt !== -1 && (end === -1 || quoteAt < end)) {
        const next = readQuoted(all, at, end, isLast);
        if (next === -1) return at;
        at = next;
        if (at >= all.length) return at;
        continue;
      }
      if (end === -1) {
        if (all.length - at > LONGEST_ROW) return tooLong(all);
        if (!isLast || at >= all.length) return at;
        end = all.length;
        isUnended = true;
      }
      if (end - at > LONGEST_ROW) {
        rowNumber += 1;
        handlers.problem('too-long', rowNumber);
      } else {
        if (delimiterAt !== -1 && delimiterAt < at) delimiterAt = all.indexOf(delimiter, at);
        delimiterAt = cutRow(all, at, end, delimiterAt);
      }
      at = end + 1;
      if (at >= all.length) return all.length;
    }
  }

  /** A row without quotes. Answers where the next separator is, which may be rows further on. */
  function cutRow(all: string, start: number, lineEndAt: number, firstDelimiter: number): number {
    rowNumber += 1;
    const end =
      lineEndAt > start && all.charCodeAt(lineEndAt - 1) === CARRIAGE_RETURN ? lineEndAt - 1 : lineEndAt;
    if (end === start) return firstDelimiter;
    let count = 0;
    let from = start;
    let at = firstDelimiter;
    while (at !== -1 && at < end) {
      fields[count++] = all.slice(from, at);
      from = at + 1;
      at = all.indexOf(delimiter, from);
    }
    fields[count++] = all.slice(from, end);
    handlers.row(fields, count, rowNumber, isUnended);
    return at;
  }

  function tooLong(all: string): number {
    rowNumber += 1;
    handlers.problem('too-long', rowNumber);
    skips = true;
    return all.length;
  }

  /**
   * A row with a quote in its first line, which ends at `lineAt` (-1: not there yet). Answers where the next row begins,
   * or -1 when more text is needed.
   */
  function readQuoted(all: string, start: number, lineAt: number, isLast: boolean): number {
    const limit = Math.min(all.length, start + LONGEST_ROW);
    let count = 0;
    let at = start;
    for (;;) {
      const opened = quoteAfterBlanks(all, at);
      if (opened !== -1) {
        at = opened;
        const close = closingQuote(all, at + 1, limit);
        if (close === -1)
          return limit < all.length || isLast ? badLine('open-quote', all, lineAt, start) : -1;
        fields[count++] = unquoted(all, at + 1, close);
        at = close + 1;
        while (all.charCodeAt(at) === BLANK) at += 1;
      } else {
        const next = endOfField(all, at, limit);
        if (next === -1) return limit < all.length ? badLine('too-long', all, lineAt, start) : -1;
        fields[count++] = all.slice(at, next);
        at = next;
      }
      // Whether a quote is doubled, and whether a line ends in CRLF, shows only in what comes after.
      if (at >= all.length && !isLast) return -1;
      if (all[at] === '\r' && lineEnd === '\n' && all[at + 1] === '\n') at += 1;
      if (at >= all.length || all[at] === lineEnd) {
        rowNumber += 1;
        handlers.row(fields, count, rowNumber, at >= all.length);
        return at + 1;
      }
      if (all[at] !== delimiter) {
        if (all[at] === '\r' && at + 1 >= all.length && !isLast) return -1;
        // Reports show the line as far as they show lines, however the text is cut.
        if (lineAt === -1 && !isLast && all.length - start <= SHOWN_OF_LINE) return -1;
        return badLine('text-after-quote', all, lineAt, start);
      }
      at += 1;
      if (at >= all.length && !isLast) return -1;
    }

    function endOfField(text: string, from: number, upTo: number): number {
      // Found once and kept: to look again for each field of a long row takes longer than all else together.
      if (nextDelimiter !== -1 && nextDelimiter < from) nextDelimiter = text.indexOf(delimiter, from);
      if (nextLineEnd !== -1 && nextLineEnd < from) nextLineEnd = text.indexOf(lineEnd, from);
      let end =
        nextDelimiter === -1
          ? nextLineEnd
          : nextLineEnd === -1
            ? nextDelimiter
            : Math.min(nextDelimiter, nextLineEnd);
      if (end === -1) end = isLast ? text.length : -1;
      if (end > upTo) return -1;
      return end === nextLineEnd && end > from && text[end - 1] === '\r' ? end - 1 : end;
    }
  }

  /** The row is given up at its first line, so that what follows it is read for what it is. */
  function badLine(problem: RowProblem, all: string, lineAt: number, start: number): number {
    rowNumber += 1;
    const end = Math.min(lineAt === -1 ? all.length : lineAt, start + SHOWN_OF_LINE);
    handlers.problem(problem, rowNumber, all.slice(start, end).trimEnd());
    if (lineAt !== -1) return lineAt + 1;
    skips = true;
    return all.length;
  }

  return {
    write,
    isBetweenRows: () => rest === '' && !skips,
    get rowNumber() {
      return rowNumber;
    },
    countRows(rows) {
      rowNumber += rows;
    },
    end() {
      readRows(rest, true);
      rest = '';
    },
  };
}

/** Where a field's quote is that may have blanks before it; -1 without one. */
function quoteAfterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === BLANK) at += 1;
  return text.charCodeAt(at) === QUOTE ? at : -1;
}

/** The quote that ends the field: one that is not doubled. -1 when it is not before `limit`. */
function closingQuote(text: string, from: number, limit: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1 || at >= limit) return -1;
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
}

function unquoted(text: string, from: number, to: number): string {
  const inside = text.slice(from, to);
  return inside.includes('"') ? inside.replaceAll('""', '"') : inside;
}
