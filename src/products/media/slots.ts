/** Runs work when fewer than `most` of the same key run; the others wait in their order. */
type Slots = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createSlots(most: number): Slots {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return async (key, work) => {
    const count = running.get(key) ?? 0;
    if (count >= most)
      // Who ends hands its place on: the count stays.
      await new Promise<void>((resolve) => waiting.set(key, [...(waiting.get(key) ?? []), resolve]));
    else running.set(key, count + 1);
    try {
      return await work();
    } finally {
      const [next, ...others] = waiting.get(key) ?? [];
      if (others.length > 0) waiting.set(key, others);
      else waiting.delete(key);
      if (next) next();
      else if ((running.get(key) ?? 1) > 1) running.set(key, (running.get(key) ?? 1) - 1);
      else running.delete(key);
    }
  };
}
