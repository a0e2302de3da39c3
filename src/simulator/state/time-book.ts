export type SortField = 'create_time' | 'update_time';

/** What can be listed by its times: orders, cancellations, returns. */
export interface Timed {
  /** Position of creation: the tie breaker of every sort. */
  seq: number;
  createdSec: number;
  updatedSec: number;
}

/** Position in a sorted walk: time in seconds, then `seq`. */
export interface Cursor {
  sec: number;
  seq: number;
}

/**
 * The orders (or cancellations, or returns) of one shop, kept sorted by creation and by last change, so that a page out
 * of 200,000 costs a binary search and not a sort.
 */
export class TimeBook<T extends Timed> {
  private readonly byCreation: T[] = [];
  private readonly byUpdate: T[] = [];
  /** Rises with every change: what was counted under one revision is valid as long as it stands. */
  revision = 0;

  get size(): number {
    return this.byCreation.length;
  }

  sorted(field: SortField): readonly T[] {
    return field === 'create_time' ? this.byCreation : this.byUpdate;
  }

  insert(row: T): void {
    place(this.byCreation, 'create_time', row);
    place(this.byUpdate, 'update_time', row);
    this.revision++;
  }

  /** For bulk loads: one sort in place of a binary insertion for each row. */
  insertMany(rows: readonly T[]): void {
    for (const row of rows) {
      this.byCreation.push(row);
      this.byUpdate.push(row);
    }
    this.byCreation.sort((a, b) => a.createdSec - b.createdSec || a.seq - b.seq);
    this.byUpdate.sort((a, b) => a.updatedSec - b.updatedSec || a.seq - b.seq);
    this.revision++;
  }

  /** Gives the row a new time of last change. */
  touch(row: T, atSec: number): void {
    const from = firstAtOrAfter(this.byUpdate, 'update_time', { sec: row.updatedSec, seq: row.seq });
    this.byUpdate.splice(from, 1);
    row.updatedSec = atSec;
    place(this.byUpdate, 'update_time', row);
    this.revision++;
  }
}

export function sortSec(row: Timed, field: SortField): number {
  return field === 'create_time' ? row.createdSec : row.updatedSec;
}

/** Index of the first row whose key is not below the cursor. */
export function firstAtOrAfter(sorted: readonly Timed[], field: SortField, cursor: Cursor): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = sorted[middle];
    if (row !== undefined && isBefore(row, field, cursor)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(row: Timed, field: SortField, cursor: Cursor): boolean {
  const sec = sortSec(row, field);
  return sec < cursor.sec || (sec === cursor.sec && row.seq < cursor.seq);
}

function place<T extends Timed>(sorted: T[], field: SortField, row: T): void {
  const key = { sec: sortSec(row, field), seq: row.seq };
  sorted.splice(firstAtOrAfter(sorted, field, key), 0, row);
}
