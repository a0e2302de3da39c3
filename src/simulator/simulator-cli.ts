import { parseArgs } from 'node:util';

import { seedNames, type SeedName } from './options.js';
import { startSimulator, type Simulator, type SimulatorOptions } from './server.js';

const usage = `Usage: simulator [--port 3100] [--host 127.0.0.1] [--state-file FILE] [--seed demo|empty|kinds|products]
                 [--redirect-url URL] [--fast] [--expose-control]
                 [--allow-host NAME]... (names besides those of this machine, such as that of a container)
`;

const DEFAULT_PORT = 3100;

/** The simulator as a program of its own. Gives the running simulator, or undefined after `--help`. Throws on bad arguments. */
export async function runSimulatorCli(argv: readonly string[]): Promise<Simulator | undefined> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'state-file': { type: 'string' },
      seed: { type: 'string' },
      'redirect-url': { type: 'string' },
      fast: { type: 'boolean' },
      'expose-control': { type: 'boolean' },
      'allow-host': { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return undefined;
  }
  const stateFile = values['state-file'];
  const redirectUrl = values['redirect-url'];
  const simulator = await started({
    port: portOf(values.port),
    host: values.host ?? '127.0.0.1',
    seed: seedOf(values.seed),
    fast: values.fast ?? false,
    exposeControl: values['expose-control'] ?? false,
    allowedHosts: values['allow-host'] ?? [],
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  });
  process.stdout.write(greeting(simulator));
  return simulator;
}

/** A busy port and an unreadable state file are the user's to mend: said in one sentence, without a trace. */
async function started(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE') throw new SimulatorUsageError(`port ${options.port} is taken already`);
    if (code === 'EACCES') throw new SimulatorUsageError(`port ${options.port} may not be used`);
    if (
      options.stateFile !== undefined &&
      error instanceof Error &&
      error.message.includes(options.stateFile)
    )
      throw new SimulatorUsageError(`${error.message}: ${reasonOf(error.cause)}`);
    throw error;
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'for an unknown reason';
}

/** Called in a way that cannot be: the message is for the person at the keyboard. */
export class SimulatorUsageError extends Error {}

function portOf(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new SimulatorUsageError(`--port ${text} is not a port\n${usage}`);
  return port;
}

function seedOf(text: string | undefined): SeedName {
  const seed = seedNames.find((name) => name === (text ?? 'demo'));
  if (seed !== undefined) return seed;
  throw new SimulatorUsageError(`--seed ${text} is none of demo, empty, kinds and products\n${usage}`);
}

/** Only what is there: a saved state may have other accounts than the demo's, and an empty one has none. */
function greeting({ url, control }: Simulator): string {
  const accounts = control.sellers().map(({ email, password }) => `${email} (${password})`);
  const logIns = accounts.length > 0 ? accounts.join(', ') : 'none yet: POST /_control/sellers makes one';
  const [app] = control.apps();
  const service = app === undefined ? '' : `?service_id=${app.serviceId}`;
  return `TikTok Shop simulator  ${url}
  Authorization page     ${url}/open/authorize${service}
  Control API            ${url}/_control/docs
  What is simulated      ${url}/coverage
  App                    ${app === undefined ? 'none' : `${app.appKey} / ${app.appSecret}`}
  Log-ins                ${logIns}
`;
}
