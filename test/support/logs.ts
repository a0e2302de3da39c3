import type { Logger } from '../../src/kernel/log.js';

/** Keeps nothing. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** Keeps every line as text, facts and message together. */
export function textLog(lines: string[]): Logger {
  const write = (facts: object, message?: string): void => {
    lines.push(JSON.stringify({ ...facts, message }));
  };
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

interface LogLine {
  level: string;
  facts: Record<string, unknown>;
  message: string;
}

/** Keeps what was logged. */
export function recordingLog(lines: LogLine[] = []): Logger & { lines: LogLine[] } {
  const write =
    (level: string) =>
    (facts: object, message = ''): void =>
      void lines.push({ level, facts: facts as Record<string, unknown>, message });
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => recordingLog(lines),
  };
}
