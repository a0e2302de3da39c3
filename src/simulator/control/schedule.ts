import type { World } from '../state/world.js';
import { isMeant, type CallTarget } from './call-match.js';
import { ControlError } from './control-error.js';
import type { Deed, ScheduleSpec } from './schedule-spec.js';

export interface ScheduledDeeds {
  id: number;
  spec: ScheduleSpec;
  /** Matching calls so far. */
  seen: number;
  isOver: boolean;
  done: { requestId: string; deed: number; error?: string }[];
}

/** What happens around one call. Each side happens once, however often it is asked for. */
export interface DeedsAround {
  before: () => void;
  after: () => void;
}

/** What others do around the calls of a client: counted by calls, so that a test can put it between any two of them. */
export class ScheduleBox {
  private entries: ScheduledDeeds[] = [];
  private lastId = 0;
  /** Does a deed. Throws a ControlError when it is not possible. */
  perform: (deed: Deed) => void = () => {};

  add(spec: ScheduleSpec): ScheduledDeeds {
    const entry = { id: ++this.lastId, spec, seen: 0, isOver: false, done: [] };
    this.entries.push(entry);
    return entry;
  }

  list(): readonly ScheduledDeeds[] {
    return this.entries;
  }

  remove(id: number): boolean {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => entry.id !== id);
    return this.entries.length < before;
  }

  clear(): void {
    this.entries = [];
  }

  /** Counts the call, and tells what is to happen around it. */
  around(world: World, target: CallTarget, requestId: string): DeedsAround {
    const due = this.entries.filter((entry) => isDue(world, entry, target));
    const side = (when: ScheduleSpec['when']): (() => void) => {
      let left = due.filter(({ spec }) => spec.when === when);
      return () => {
        const now = left;
        left = [];
        for (const entry of now) this.run(entry, requestId);
      };
    };
    return { before: side('before'), after: side('after') };
  }

  private run(entry: ScheduledDeeds, requestId: string): void {
    for (const [index, deed] of entry.spec.deeds.entries()) {
      try {
        this.perform(deed);
        entry.done.push({ requestId, deed: index });
      } catch (error) {
        // What was to happen is not possible any more: the world has moved on.
        if (!(error instanceof ControlError)) throw error;
        entry.done.push({ requestId, deed: index, error: error.message });
      }
    }
  }
}

function isDue(world: World, entry: ScheduledDeeds, target: CallTarget): boolean {
  const { call, nth = 1, times = 1 } = entry.spec;
  if (entry.isOver || !isMeant(world, call, target)) return false;
  entry.seen++;
  entry.isOver = entry.seen >= nth + times - 1;
  return entry.seen >= nth;
}
