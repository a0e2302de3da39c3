import { AppError, type ErrorDetail } from '../kernel/errors.js';

/** The header of a file: any order, any case, blanks in names do not count. */
export interface Header {
  /** Columns: every row must have as many. */
  count: number;
  /** As the file writes them, for reports. */
  headers: string[];
  /** Where a column stands, by its name or an alias of it; null when it does not. Asked for, it is known. */
  take: (name: string, ...aliases: string[]) => number | null;
  /** @throws AppError invalid-document when it is not there */
  need(name: string): number;
  /** A word on each column that nobody has asked for. `hints`: what to say of some, by their name in lower case. */
  unknown(hints?: Record<string, string>): string[];
}

const MOST_COLUMNS = 1_000;
const LONGEST_HEADER_IN_TEXTS = 60;

/**
 * @param example a header as it should be, for what is said to the sender
 * @throws AppError invalid-document when a column stands there twice, or there are too many
 */
export function readHeader(headers: readonly string[], example: string): Header {
  const [first = ''] = example.split(',');
  const bad = (what: string, field = first): AppError =>
    new AppError('invalid-document', `The file ${what}.`, {
      details: [
        {
          field,
          message: `the header ${what}`,
          next: `The first row names the columns, such as ${example}`,
        },
      ],
    });
  if (headers.length > MOST_COLUMNS) throw bad(`has more than ${MOST_COLUMNS} columns`);
  const indexes = new Map<string, number>();
  const twice: ErrorDetail[] = [];
  for (const [index, header] of headers.entries()) {
    const key = squeezed(header);
    if (key === '') continue;
    if (indexes.has(key)) twice.push({ field: shortened(header), message: 'stands in the header twice' });
    indexes.set(key, index);
  }
  if (twice.length > 0)
    throw new AppError('invalid-document', 'The header of the file is not clear.', { details: twice });
  const known = new Set<string>();
  const take = (...names: string[]): number | null => {
    let found: number | null = null;
    for (const name of names) {
      known.add(name.toLowerCase());
      found ??= indexes.get(name.toLowerCase()) ?? null;
    }
    return found;
  };
  return {
    count: headers.length,
    headers: headers.map((header) => shortened(header)),
    take,
    need(name) {
      const index = take(name);
      if (index === null) throw bad(`has no column ${name}`, name);
      return index;
    },
    unknown: (hints = {}) =>
      [...indexes].flatMap(([key, index]) =>
        known.has(key)
          ? []
          : [hints[key] ?? `The column ${shortened(headers[index]!)} is not known and was ignored`],
      ),
  };
}

/** `Lead Time` is `LeadTime`. */
function squeezed(header: string): string {
  return header.replaceAll(/[\s\u00a0\ufeff]+/g, '').toLowerCase();
}

function shortened(header: string): string {
  return header
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')
    .trim()
    .slice(0, LONGEST_HEADER_IN_TEXTS);
}
