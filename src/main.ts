import closeWithGrace from 'close-with-grace';
import { compose } from './compose.js';
import { loadConfig } from './config.js';
import { AppError, messageOf } from './errors.js';
import { createLogger, logForm } from './logging.js';
import { redactText } from './redact.js';
import { SECOND_MS } from './time.js';

/**
 * The process: configuration, composition, start of the roles, and an orderly end. What was started last is closed first,
 * so that the database outlives everybody who writes to it.
 */
const closers: (() => Promise<void>)[] = [];

async function closeAll(): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
}

/** What goes wrong while the process ends, when nobody can be sure of the log any more. */
function lastWords(what: unknown): void {
  const words = what instanceof Error ? (what.stack ?? what.message) : String(what);
  process.stderr.write(`${redactText(words)}\n`);
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ level: config.logLevel, form: logForm(config) });
  // Somebody may press Ctrl-C twice: the first asks, the second insists.
  closeWithGrace(
    { delay: (config.shutdownSeconds + 10) * SECOND_MS, logger: { error: lastWords } },
    async ({ signal, err }) => {
      if (err) log.error({ err, reason: messageOf(err) }, 'ending after an error that nobody caught');
      else log.info({ signal }, 'ending');
      await closeAll();
    },
  );
  if (config.mode === 'demo') {
    // Loaded only here: with it comes the simulator, whose memory no server shall hold.
    const { startDemo } = await import('./demo/demo.js');
    await startDemo({ config, log, closers });
    return;
  }
  const connector = await compose({ config, log });
  closers.push(() => connector.close());
  await connector.start();
}

try {
  await main();
} catch (error) {
  const reason = error instanceof AppError ? error.message : (error as Error).stack;
  process.stderr.write(`\nCould not start.\n${reason}\n`);
  process.exitCode = 1;
  await closeAll().catch((closing: unknown) => process.stderr.write(`${messageOf(closing)}\n`));
  process.exit();
}
