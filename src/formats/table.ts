/** What is wrong with the shape of a row; the rows around it are read all the same. */
export type RowProblem = 'too-long' | 'open-quote' | 'text-after-quote' | 'no-item';

/** Why the text of a cell is not surely what its sheet shows. */
export interface CellDoubt {
  message: string;
  next: string;
  /** As a number the cell is clear all the same. */
  isNumber: boolean;
}

/** By the index of the column. */
export type RowDoubts = ReadonlyMap<number, CellDoubt>;

/** What reads the rows of a file, whatever its format. */
export interface TableHandlers {
  /**
   * A row: the first `count` of `fields`, which is the same array every time. Rows are numbered as a spreadsheet does:
   * the header is row 1, blank lines count, a line break inside quotes does not. `isUnended`: the file ends with it, and
   * not with a line end, as many programs write files, and as a file ends that is cut off. `doubts`: of cells of spreadsheets.
   */
  row(
    fields: readonly string[],
    count: number,
    rowNumber: number,
    isUnended?: boolean,
    doubts?: RowDoubts | null,
  ): void;
  /** `line`: how the row begins, where that is known. */
  problem(problem: RowProblem, rowNumber: number, line?: string): void;
  /**
   * Asked before a line is cut into fields: who can take whole lines as they stand in the file. Null until the header was
   * read, and where fields are needed.
   */
  lines?(delimiter: string): LineTaker | null;
  /** A sheet of several begins; rows are numbered anew. */
  sheet?(isLast: boolean): void;
  /** Whether the table was found on this sheet, is looked for, or is known not to be there. */
  tableState?(): 'found' | 'searching' | 'failed';
}

/** Takes plain lines as bytes: ASCII, of which a line ends with \n. Making strings of them takes longer than all else. */
export interface LineTaker {
  /** Takes lines from `from` on, up to the first that is not whole or not plain enough. Answers where that begins. */
  take(bytes: Uint8Array, from: number, rowNumber: number): number;
  /** How many lines it has taken in all. */
  readonly taken: number;
}

/** Longest row in characters; what is longer is no row but an open quote or another kind of file. */
export const LONGEST_ROW = 65_536;

/** Lets a reader that yields after each piece run to its end, with `afterPiece` in between. */
export async function readAll(pieces: AsyncIterable<void>, afterPiece?: () => Promise<void>): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    while (!(await iterator.next()).done) await afterPiece?.();
  } finally {
    await iterator.return?.();
  }
}
