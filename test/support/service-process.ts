import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface ServiceProcess {
  pid: number;
  /** What it has written to stdout and stderr, line by line. */
  lines: string[];
  /** Code, or the signal that ended it. Resolves at the end of the process, and at once when it has ended. */
  ended: Promise<number | NodeJS.Signals>;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** To everything that it has started and not detached. */
  signalGroup(signal: NodeJS.Signals): void;
}

/** `node dist/src/main.js` with this environment and nothing else of ours; killed when the test ends. */
export function startProcess(
  t: Test,
  environment: Record<string, string>,
  { ownGroup = false }: { ownGroup?: boolean } = {},
): ServiceProcess {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  return {
    pid: child.pid ?? 0,
    lines,
    ended: endOf(child),
    running: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    signalGroup: (signal) => void process.kill(ownGroup ? -(child.pid ?? 0) : (child.pid ?? 0), signal),
  };
}

/** `close` comes when the last line has been read too. */
async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 0;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
