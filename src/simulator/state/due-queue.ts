/** Something that happens by itself once its time has come. Firing twice must be harmless: the state is checked then. */
export type DueEvent = { dueSec: number } & (
  | { kind: 'hold_ends'; orderId: string }
  | { kind: 'limit_over'; orderId: string }
  | { kind: 'case_due'; caseId: string }
  | { kind: 'authorization_ends_soon'; key: string }
  | { kind: 'audit_ends'; shopId: string; productId: string }
);

/** A binary heap, earliest first. */
export class DueQueue {
  private readonly heap: DueEvent[] = [];

  add(event: DueEvent): void {
    const heap = this.heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.dueAt(parent) <= event.dueSec) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** The earliest event that is due at `nowSec`, removed; undefined when none is. */
  takeDue(nowSec: number): DueEvent | undefined {
    const first = this.heap[0];
    if (first === undefined || first.dueSec > nowSec) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return first;
  }

  all(): readonly DueEvent[] {
    return this.heap;
  }

  private sink(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let smallest = at;
      if (this.dueAt(left) < this.dueAt(smallest)) smallest = left;
      if (this.dueAt(right) < this.dueAt(smallest)) smallest = right;
      if (smallest === at) return;
      this.swap(at, smallest);
      at = smallest;
    }
  }

  private dueAt(index: number): number {
    return this.heap[index]?.dueSec ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const first = this.heap[a];
    const second = this.heap[b];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}
