import type { CommandContext } from '../../src/cli/command.js';
import { runCli } from '../../src/cli/run-cli.js';
import { productFlows } from '../../src/compose/product-flows.js';
import { loadConfig } from '../../src/config/config.js';
import { systemClock } from '../../src/kernel/time.js';
import type { Database } from '../../src/store/database.js';

/** What a command has said, and its exit code. */
export interface Said {
  code: number;
  out: string;
  err: string;
  /** Both, in the order in which they were said. */
  text: string;
}

/** Runs commands in this process, against a world that the test gives; without a database unless there is one in it. */
export function commandLine(world: Partial<CommandContext> = {}): (...argv: string[]) => Promise<Said> {
  return async (...argv) => {
    const said: string[] = [];
    const out: string[] = [];
    const err: string[] = [];
    const context: CommandContext = {
      clock: systemClock,
      flows: productFlows,
      config: () => loadConfig({}),
      database: () => Promise.reject(new Error('no database is needed')),
      print: (text) => void (said.push(text), out.push(text)),
      readSecret: async () => 'a long enough password',
      openApiFiles: async () => ({}),
      documentationTables: async () => ({}),
      ...world,
    };
    const printError = (text: string) => void (said.push(text), err.push(text));
    const code = await runCli(argv, { context, version: '1.2.3', printError });
    return { code, out: out.join('\n'), err: err.join('\n'), text: said.join('\n') };
  };
}

/** For `commandLine`: a database that is open already. */
export function openAlready(db: Database, url = ''): Pick<CommandContext, 'database'> {
  return { database: async () => ({ url, db }) };
}
