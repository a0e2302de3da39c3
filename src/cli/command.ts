import type { Config } from '../config/config.js';
import type { Database } from '../store/database.js';
import type { FlowCatalogue } from '../sync/flows/flow-catalogue.js';
import type { Clock } from '../kernel/time.js';

/** A database that a command works on; closed by whoever runs the command. */
export interface OpenDatabase {
  url: string;
  db: Database;
}

/** What commands need of the world, so that tests can give them another one. */
export interface CommandContext {
  clock: Clock;
  /** All flows that can be run and scheduled. */
  flows: FlowCatalogue;
  /** @throws AppError configuration-invalid */
  config(): Config;
  /** The configured database, or that of the running demo. @throws AppError configuration-invalid */
  database(): Promise<OpenDatabase>;
  print(text: string): void;
  /** Waits until what was printed is taken; left out where it always is. */
  printed?(): Promise<void>;
  /** One line that is not shown on a terminal, from there or from a pipe. */
  readSecret(prompt: string): Promise<string>;
  /** Files of the repository that are written from the running program: path to content. */
  openApiFiles(): Promise<Record<string, object | string>>;
  /** Tables that pages of the repository take from the program: name to Markdown. */
  documentationTables(): Promise<Record<string, string>>;
}

export interface Command {
  name: string;
  /** Arguments as the help shows them, such as `<company> [--slot primary|secondary]`. */
  usage: string;
  summary: string;
  /** @returns the exit code. @throws UsageError, AppError */
  run(args: string[], context: CommandContext): Promise<number>;
}

/** Called in a way that cannot be understood: the usage is shown and the exit code is 2. */
export class UsageError extends Error {}

/** @throws UsageError */
export function idOf(text: string | undefined, what: string): number {
  if (text === undefined) throw new UsageError(`The ${what} is missing.`);
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > 2_147_483_647) throw new UsageError(`${JSON.stringify(text)} is not a ${what}.`);
  return id;
}

/** Aligned columns; the first row is the heading. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
