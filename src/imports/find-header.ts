import { columnLetter } from '../formats/column-letter.js';
import { AppError } from '../kernel/errors.js';
import type { FeedTable } from './feed-kind.js';
import { shortened } from './header.js';
import { layoutId, nameColumns, renamedHeaders, type FeedField, type LayoutMapping } from './file-layout.js';
import {
  choiceText,
  headRow,
  questionAbout,
  unknownHeader,
  type HeadRow,
  type LayoutQuestion,
} from './layout-question.js';

/** Titles, dates and the like that reports have above their table. */
const MOST_ROWS_ABOVE = 20;

/** What is known about headers before a file is read. */
export interface HeaderKnowledge {
  /** Code of the kind of feed. */
  code: string;
  /** None: nobody can be asked what columns mean. */
  fields: readonly FeedField[];
  /** Names of what a field is asked of each. */
  names: readonly string[];
  /** Confirmed ones, by the fingerprint of the header. */
  layouts: ReadonlyMap<string, LayoutMapping>;
}

interface HeaderSearch<Rows> {
  /** The table whose header this row is; null when it is none. @throws AppError invalid-document after too many rows */
  read(headers: string[], rowNumber: number): FeedTable<Rows> | null;
  /** Another sheet of the same file begins, so that its rows are looked at anew. */
  sheet(isLast: boolean): void;
  /** Of the sheet that is being read: whether its header was found, is looked for, or is not there. */
  readonly state: 'found' | 'searching' | 'failed';
  /** Why no row is a header; null when there was no row. */
  failure(): AppError | null;
  readonly warnings: string[];
  /** What the sender has to be asked, once the header was found or is known not to be there. */
  question(): LayoutQuestion | null;
  /** Name of the layout by which the file is read. */
  readonly layout: string | null;
  /** By which a layout calls its columns otherwise than the file does: the file's header by the column's letter. */
  readonly letters: ReadonlyMap<string, string> | null;
}

/** The header is the first of the first rows that can be one, or that somebody has said to be one. */
export function createHeaderSearch<Rows>(
  known: HeaderKnowledge,
  open: (headers: string[]) => FeedTable<Rows>,
): HeaderSearch<Rows> {
  const search: Pick<HeaderSearch<Rows>, 'warnings'> & {
    state: HeaderSearch<Rows>['state'];
    layout: string | null;
    letters: Map<string, string> | null;
  } = {
    state: 'searching',
    warnings: [],
    layout: null,
    letters: null,
  };
  let rows: HeadRow[] = [];
  let ofSheets: { question: LayoutQuestion; error: AppError } | null = null;
  let first: AppError | null = null;
  let asked: LayoutQuestion | null = null;
  let hasMore = false;

  function byLayout(headers: string[]): FeedTable<Rows> | null {
    if (known.layouts.size === 0) return null;
    const { names, fingerprint } = nameColumns(headers);
    const mapping = known.layouts.get(fingerprint);
    if (!mapping) return null;
    const table = open(renamedHeaders(names, mapping));
    search.layout = layoutId({ feedKind: known.code, fingerprint });
    search.letters = new Map(headers.map((header, index) => [columnLetter(index), shortened(header)]));
    return table;
  }

  function byItself(headers: string[]): FeedTable<Rows> {
    const table = open(headers);
    const [choice] = table.choices ?? [];
    if (!choice || known.fields.length === 0) return table;
    asked = questionAbout(known, headers);
    search.warnings.push(choiceText(known, asked, choice));
    return table;
  }

  function conclude(): { question: LayoutQuestion; error: AppError } | null {
    if (rows.length > 0 && known.fields.length > 0) ofSheets ??= unknownHeader(known, rows);
    first ??= rows[0]?.failure ?? null;
    return ofSheets;
  }

  return {
    read(all, rowNumber) {
      if (search.state === 'failed') return null;
      // Spreadsheets write the columns that have nothing but a colour.
      const headers = all.slice(0, all.findLastIndex((header) => header.trim() !== '') + 1);
      try {
        const table = byLayout(headers) ?? byItself(headers);
        search.state = 'found';
        if (rows.length > 0)
          search.warnings.push(`The header was found in row ${rowNumber}; the rows above it were skipped`);
        return table;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'invalid-document') throw error;
        rows.push(headRow(headers, error));
      }
      // Items that are objects name their members themselves: none of them is a header.
      if (rows.length <= MOST_ROWS_ABOVE && rowNumber !== 0) return null;
      search.state = 'failed';
      const end = conclude();
      if (!hasMore) throw end?.error ?? first!;
      return null;
    },
    sheet(isLast) {
      if (search.state === 'found') return;
      conclude();
      hasMore = !isLast;
      rows = [];
      search.state = 'searching';
    },
    get state() {
      return search.state;
    },
    failure: () => conclude()?.error ?? first,
    warnings: search.warnings,
    question: () => asked ?? (search.state === 'found' ? null : (conclude()?.question ?? null)),
    get layout() {
      return search.layout;
    },
    get letters() {
      return search.letters;
    },
  };
}
