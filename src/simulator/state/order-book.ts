import type { Order } from './model.js';

export type SortField = 'create_time' | 'update_time';

/** What can be walked by the time of its creation or last change. */
export interface Dated {
  createdSec: number;
  updatedSec: number;
  seq: number;
}

/** Position in a sorted walk: time in seconds, then `seq`. */
export interface Cursor {
  sec: number;
  seq: number;
}

/**
 * The orders of one shop, kept sorted by creation and by last change, so that a page out of 200,000 orders costs a
 * binary search and not a sort.
 */
export class OrderBook {
  private readonly byCreation: Order[] = [];
  private readonly byUpdate: Order[] = [];
  /** Rises with every change: what was counted under one revision is valid as long as it stands. */
  revision = 0;

  get size(): number {
    return this.byCreation.length;
  }

  sorted(field: SortField): readonly Order[] {
    return field === 'create_time' ? this.byCreation : this.byUpdate;
  }

  insert(order: Order): void {
    place(this.byCreation, 'create_time', order);
    place(this.byUpdate, 'update_time', order);
    this.revision++;
  }

  /** For bulk loads: one sort in place of a binary insertion for each order. */
  insertMany(orders: readonly Order[]): void {
    for (const order of orders) {
      this.byCreation.push(order);
      this.byUpdate.push(order);
    }
    this.byCreation.sort((a, b) => a.createdSec - b.createdSec || a.seq - b.seq);
    this.byUpdate.sort((a, b) => a.updatedSec - b.updatedSec || a.seq - b.seq);
    this.revision++;
  }

  /** Gives the order a new time of last change. */
  touch(order: Order, atSec: number): void {
    const from = firstAtOrAfter(this.byUpdate, 'update_time', { sec: order.updatedSec, seq: order.seq });
    this.byUpdate.splice(from, 1);
    order.updatedSec = atSec;
    place(this.byUpdate, 'update_time', order);
    this.revision++;
  }
}

export function sortSec(dated: Dated, field: SortField): number {
  return field === 'create_time' ? dated.createdSec : dated.updatedSec;
}

/** Index of the first entry whose key is not below the cursor. */
export function firstAtOrAfter(sorted: readonly Dated[], field: SortField, cursor: Cursor): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[middle];
    if (entry !== undefined && isBefore(entry, field, cursor)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(dated: Dated, field: SortField, cursor: Cursor): boolean {
  const sec = sortSec(dated, field);
  return sec < cursor.sec || (sec === cursor.sec && dated.seq < cursor.seq);
}

function place(sorted: Order[], field: SortField, order: Order): void {
  const key = { sec: sortSec(order, field), seq: order.seq };
  sorted.splice(firstAtOrAfter(sorted, field, key), 0, order);
}
