import type { Clock } from './time.js';

interface Memory<T> {
  get(name: string): T | undefined;
  set(name: string, value: T): void;
  delete(name: string): void;
}

/** Remembers up to `most` values for `keepMs` after they were last set; the one set longest ago goes first. */
export function createMemory<T>(options: { keepMs: number; most: number; clock: Clock }): Memory<T> {
  const { keepMs, most, clock } = options;
  const entries = new Map<string, { value: T; untilMs: number }>();
  return {
    get(name) {
      const entry = entries.get(name);
      return entry && entry.untilMs > clock.now().getTime() ? entry.value : undefined;
    },
    set(name, value) {
      entries.delete(name);
      entries.set(name, { value, untilMs: clock.now().getTime() + keepMs });
      if (entries.size > most) entries.delete(entries.keys().next().value!);
    },
    delete(name) {
      entries.delete(name);
    },
  };
}
