import { parseArgs } from 'node:util';

import { demoPassword } from './seeds/demo.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_SERVICE_ID, startSimulator, type Simulator } from './server.js';

const usage = `Usage: simulator [--port 3100] [--host 127.0.0.1] [--state-file FILE] [--seed demo|empty]
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
  const simulator = await startSimulator({
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

function portOf(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${text} is not a port\n${usage}`);
  return port;
}

function seedOf(text: string | undefined): 'demo' | 'empty' {
  if (text === undefined || text === 'demo' || text === 'empty') return text ?? 'demo';
  throw new Error(`--seed ${text} is neither demo nor empty\n${usage}`);
}

function greeting({ url }: Simulator): string {
  return `TikTok Shop simulator  ${url}
  Authorization page     ${url}/open/authorize?service_id=${DEMO_SERVICE_ID}
  Control API            ${url}/_control/docs
  App                    ${DEMO_APP_KEY} / ${DEMO_APP_SECRET}
  Log-ins                us@seller.example, id@seller.example, eu@seller.example, password ${demoPassword}
`;
}
