import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  folder: string;
  environment: NodeJS.ProcessEnv;
  withinMs: number;
}

export interface Ended {
  code: number | null;
  /** Of stdout and stderr. */
  output: string;
}

export interface Program {
  process: ChildProcess;
  /** What it has written so far. */
  output(): string;
  ended: Promise<Ended>;
}

/** Runs a program to its end. */
export function runProgram(name: string, parameters: string[], options: ProgramOptions): Promise<Ended> {
  return startProgram(name, parameters, options).ended;
}

/** A program that is killed when it has not ended in its time. */
export function startProgram(name: string, parameters: string[], options: ProgramOptions): Program {
  const child = spawn(name, parameters, {
    cwd: options.folder,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.withinMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    process: child,
    output: () => output,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })),
  };
}
