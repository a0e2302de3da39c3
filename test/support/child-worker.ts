import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';

/** A worker in a process of its own, which can be stopped and continued. */
export interface ChildWorker {
  lines: string[];
  signal(signal: NodeJS.Signals): void;
  /** A line to its standard input, for one that stands by or listens. */
  say(word: string): void;
}

export function startChildWorker(t: Test, program: string, environment: Record<string, string>): ChildWorker {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
  return {
    lines,
    signal: (signal) => void child.kill(signal),
    say: (word) => void child.stdin?.write(`${word}\n`),
  };
}
