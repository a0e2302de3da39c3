import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program to its end, in a group of its own: Ctrl-C does not reach it, and what it has started ends with it when `stop`
 * breaks it off.
 * @throws Error with what it wrote to stderr, when it does not end with 0
 */
export async function runProgram(
  program: string,
  args: string[],
  options: { cwd: string; uid?: number; gid?: number },
  stop?: AbortSignal,
): Promise<void> {
  stop?.throwIfAborted();
  const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const kill = (): void => killGroup(child);
  stop?.addEventListener('abort', kill);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code !== 0) throw new Error(said.trim() || `it ended with ${signal ?? `code ${code}`}`);
  } finally {
    stop?.removeEventListener('abort', kill);
  }
}

function killGroup(child: ChildProcess): void {
  if (!child.pid || process.platform === 'win32') child.kill('SIGKILL');
  else process.kill(-child.pid, 'SIGKILL');
}
