import type { Test } from 'tap';

/** What a history opens: the helpers of the tests close it at a test's end, here it is the history's. */
export interface Scope extends Pick<Test, 'teardown'> {
  /** The last one opened goes first. */
  close(): Promise<void>;
}

export function openScope(): Scope {
  const open: (() => unknown)[] = [];
  return {
    teardown: (close: () => unknown) => void open.push(close),
    async close() {
      for (const close of open.splice(0).toReversed()) await close();
    },
  };
}
