import { pino, type ChildLoggerOptions, type Logger as PinoLogger } from 'pino';
import type { Config } from '../config/config.js';
import { redactObject, redactText } from '../kernel/redact.js';

/** Where lines go; each call brings one whole line with its line break. */
interface LogDestination {
  write(line: string): void;
}

interface LoggingOptions {
  level: Config['logLevel'];
  /** `json`: one object per line, for machines. `short`: one readable line, for a person at a terminal. */
  form: 'json' | 'short';
  destination?: LogDestination;
}

/**
 * The program's logger, also given to Fastify. Every line is redacted by names and by shapes, whatever the caller put in, so a
 * secret needs two mistakes to get out. Level `error` means: somebody has to act.
 */
export function createLogger(options: LoggingOptions): PinoLogger {
  const stdout = options.destination ?? process.stdout;
  const destination =
    options.form === 'json' ? stdout : { write: (line: string) => stdout.write(shortLine(line)) };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redactObject },
      // Redaction has made plain objects of errors by then.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: redactText },
    },
    destination,
  );
  redactBindings(logger);
  return logger;
}

/** pino's formatter for bindings does not reach child loggers; a method of the first one is inherited by them all. */
function redactBindings(logger: PinoLogger): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with the `this` of whoever asked for a child
  const plainChild = logger.child;
  Object.assign(logger, {
    child(this: PinoLogger, bindings: object, options?: ChildLoggerOptions) {
      return Reflect.apply(plainChild, this, [redactObject(bindings), options]) as PinoLogger;
    },
  });
}

/** Readable lines only for a person who tries the demo; everything else reads JSON. */
export function logForm(
  config: Pick<Config, 'mode'>,
  isTerminal = process.stdout.isTTY,
): LoggingOptions['form'] {
  return config.mode === 'demo' && isTerminal ? 'short' : 'json';
}

interface Line {
  time: string;
  level: string;
  msg?: string;
  err?: { message?: string };
  [fact: string]: unknown;
}

function shortLine(json: string): string {
  const { time, level, msg, err, ...facts } = JSON.parse(json) as Line;
  const parts = Object.entries(facts)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name}=${String(value)}`);
  const label = level === 'info' ? '' : level.toUpperCase();
  return `${[time.slice(11, 19), label, msg, err?.message, ...parts].filter(Boolean).join(' ')}\n`;
}
