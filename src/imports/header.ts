import { AppError, type ErrorDetail } from '../kernel/errors.js';

/** The header of a file: any order, any case; blanks and signs in names do not count. */
export interface Header {
  /** Columns: every row must have as many. */
  count: number;
  /** As the file writes them, for reports. */
  headers: string[];
  /** Where a column stands, by the first of these names that the file has; null without any. Asked for, it is known. */
  take: (...names: string[]) => number | null;
  /** The same of a column that has to be there. @throws AppError invalid-document, with the columns that were found */
  need(...names: [string, ...string[]]): number;
  /** Those of the names that the file has, as it writes them, with where they stand. They are known then. */
  candidates(names: readonly string[]): { header: string; index: number }[];
  /** Those that nobody has asked for so far, as the file writes them. */
  others(): { header: string; index: number }[];
  /** Says that a column is known after all. */
  know(header: string): void;
  /** A word on the columns that nobody has asked for; none when there are none. */
  unknown(): string[];
}

const MOST_COLUMNS = 1_000;
const LONGEST_HEADER_IN_TEXTS = 60;
const COLUMNS_IN_TEXTS = 30;

/**
 * @param example a header as it should be, for what is said to the sender
 * @throws AppError invalid-document when there are too many columns; `take` and `need` when the column stands there twice
 */
export function readHeader(headers: readonly string[], example: string): Header {
  const [first = ''] = example.split(',');
  const bad = (what: string, field = first, columns: readonly string[] = []): AppError =>
    new AppError('invalid-document', `The file ${what}.`, {
      details: [
        {
          field,
          message: columns.length === 0 ? 'there is no header' : `columns found: ${listed(columns)}`,
          next: `The first row names the columns, such as ${example}`,
        },
      ],
    });
  if (headers.length > MOST_COLUMNS) throw bad(`has more than ${MOST_COLUMNS} columns`);
  const indexes = new Map<string, number>();
  /** By key; a column that nobody asks for may stand there as often as it likes. */
  const twice = new Map<string, ErrorDetail>();
  for (const [index, header] of headers.entries()) {
    const key = squeezed(header);
    if (key === '') continue;
    if (indexes.has(key)) twice.set(key, { field: shortened(header), message: 'stands in the header twice' });
    indexes.set(key, index);
  }
  const known = new Set<string>();
  const take = (...names: string[]): number | null => {
    let found: number | null = null;
    for (const name of names) {
      const key = squeezed(name);
      known.add(key);
      if (found !== null) continue;
      const detail = twice.get(key);
      if (detail)
        throw new AppError('invalid-document', 'The header of the file is not clear.', { details: [detail] });
      found = indexes.get(key) ?? null;
    }
    return found;
  };
  const others = (): { header: string; index: number }[] =>
    [...indexes].flatMap(([key, index]) =>
      known.has(key) ? [] : [{ header: shortened(headers[index]!), index }],
    );
  const found = headers.flatMap((header) => (squeezed(header) === '' ? [] : [shortened(header)]));
  return {
    count: headers.length,
    headers: headers.map((header) => shortened(header)),
    take,
    need(...names) {
      const index = take(...names);
      if (index === null) throw bad(`has no column ${names[0]}`, names[0], found);
      return index;
    },
    candidates: (names) =>
      names.flatMap((name) => {
        const index = take(name);
        return index === null ? [] : [{ header: shortened(headers[index]!), index }];
      }),
    others,
    know: (header) => void known.add(squeezed(header)),
    unknown() {
      const names = others().map(({ header }) => header);
      return names.length === 0 ? [] : [`Columns that are not known were ignored: ${listed(names)}`];
    },
  };
}

/** `Lead Time`, `lead_time` and `Lead-Time` are `LeadTime`. */
export function squeezed(header: string): string {
  return header
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '')
    .toLowerCase();
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, COLUMNS_IN_TEXTS).join(', ');
  return columns.length > COLUMNS_IN_TEXTS ? `${shown} and ${columns.length - COLUMNS_IN_TEXTS} more` : shown;
}

export function shortened(header: string): string {
  return header
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')
    .trim()
    .slice(0, LONGEST_HEADER_IN_TEXTS);
}
