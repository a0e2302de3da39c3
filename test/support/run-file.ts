import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { compiledFile } from './test-files.js';

export interface FileResult {
  /** Its path from the root, such as `test/orders/pull.test.ts`. */
  file: string;
  ms: number;
  counts: Counts;
  /** What a person needs to see of what went wrong; empty when all went well. */
  failures: string;
}

interface Counts {
  pass: number;
  fail: number;
  skip: number;
  todo: number;
}

/** What a file may take longer than its own limit, which it is to notice and to explain itself. */
const GRACE_MS = 30_000;

const running = new Set<ChildProcess>();

/** For who ends the whole run: the files end at once, as failed. */
export function endRunningFiles(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Runs one test file in a process of its own and reads what it writes (TAP). The process is plain Node: tap's own runner
 * watches every module that is loaded, for a coverage that nobody asks for here, which costs a second and more a file.
 */
export async function runFile(
  file: string,
  patienceSeconds: number,
  environment: Record<string, string>,
): Promise<FileResult> {
  const began = performance.now();
  const child = spawn(process.execPath, [compiledFile(file)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment, TAP: '1', TAP_TIMEOUT: String(patienceSeconds) },
  });
  running.add(child);
  let timedOut = false;
  let timer: NodeJS.Timeout | undefined;
  const giveUpAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, ms + GRACE_MS);
  };
  giveUpAfter(patienceSeconds * 1_000);
  // So tells a file that it takes longer: `t.setTimeout`.
  child.on('message', (message: { setTimeout?: number }) => {
    if (message.setTimeout) giveUpAfter(message.setTimeout);
  });
  const [tap, errors] = [child.stdout, child.stderr].map((stream) => {
    const text: string[] = [];
    stream?.setEncoding('utf8').on('data', (chunk: string) => text.push(chunk));
    return text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  running.delete(child);
  const output = tap?.join('') ?? '';
  const counts = countsOf(output);
  const why = endedBadly(counts, code, signal, timedOut);
  return {
    file,
    ms: performance.now() - began,
    counts: counts && (counts.fail > 0 || !why) ? counts : { ...(counts ?? NOTHING), fail: 1 },
    failures: why ? [failuresOf(output), errors?.join('').trimEnd(), why].filter(Boolean).join('\n') : '',
  };
}

const NOTHING: Counts = { pass: 0, fail: 0, skip: 0, todo: 0 };

function endedBadly(
  counts: Counts | null,
  code: number | null,
  signal: string | null,
  timedOut: boolean,
): string | null {
  if (timedOut) return 'It did not end in its time and was killed.';
  if (signal) return `It was ended by ${signal}.`;
  if (code !== 0) return `It ended with exit code ${code}.`;
  if (!counts) return 'It ended without its totals.';
  if (counts.fail > 0) return `${counts.fail} assertions failed.`;
  return counts.pass + counts.skip + counts.todo > 0 ? null : 'It asserts nothing.';
}

/** A file closes with `# { total: 7, pass: 4, fail: 1, skip: 1 }`, keys of zero left out. */
function countsOf(tap: string): Counts | null {
  const line = tap.split('\n').findLast((candidate) => candidate.startsWith('# { total:'));
  if (!line) return null;
  const count = (name: string): number => Number(new RegExp(`\\b${name}: (\\d+)`).exec(line)?.[1] ?? 0);
  return { pass: count('pass'), fail: count('fail'), skip: count('skip'), todo: count('todo') };
}

/** Of a stack's source lines some are whole bundles. */
const LONGEST_LINE = 400;

/** Every failed assertion with what tap knows of it, and the subtests around it. */
function failuresOf(tap: string): string {
  const shown: string[] = [];
  let inside = false;
  for (const line of tap.split('\n')) {
    if (/^\s*not ok /.test(line)) {
      shown.push(line);
      inside = true;
    } else if (inside && /^\s*(ok |# Subtest|# time=|# \{ total:|1\.\.)/.test(line)) inside = false;
    else if (inside) shown.push(line);
  }
  return shown.map((line) => line.slice(0, LONGEST_LINE)).join('\n');
}
