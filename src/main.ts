import closeWithGrace from 'close-with-grace';
import { beginBoot } from './compose/boot.js';
import { AppError, messageOf } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import { redactText } from './kernel/redact.js';

/**
 * The process: an orderly end from the first line on, and then everything else. The program itself is loaded after it is
 * seen to that a signal ends the process in order: loading it takes a second or more.
 */
const boot = beginBoot();
let log: Logger | null = null;

// Whoever reads the log may go away (a pipe that is closed). The service goes on without a reader; by itself Node would throw
// for every line, and telling of that would throw again.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** What goes wrong while the process ends, when nobody can be sure of the log any more. */
function lastWords(what: unknown): void {
  const words = what instanceof Error ? (what.stack ?? what.message) : String(what);
  process.stderr.write(`${redactText(words)}\n`);
}

function tooLate(): void {
  lastWords(`ended after ${boot.graceMs / 1_000} s, although not everything was closed`);
  process.exit(1);
}

// Somebody may press Ctrl-C twice: the first asks, the second insists.
closeWithGrace(
  { delay: false, logger: { error: lastWords }, skip: ['uncaughtException', 'unhandledRejection'] },
  async ({ signal }) => {
    log?.info({ signal }, 'ending');
    await boot.end(tooLate);
  },
);

async function endAfter(error: unknown): Promise<void> {
  // What breaks because the rest is being closed does not keep the rest from being closed.
  if (boot.stop.aborted || !log) lastWords(error);
  else log.error({ err: error, reason: messageOf(error) }, 'ending after an error that was not caught');
  if (boot.stop.aborted) return;
  await boot.end(tooLate);
  process.exit(1);
}
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error: unknown) => void endAfter(error));

try {
  const { start } = await import('./start.js');
  await start(boot, (made) => (log = made));
} catch (error) {
  // Who is told to end in the middle of a start breaks it off; the end is under way then.
  if (!boot.stop.aborted) {
    const reason = error instanceof AppError ? error.message : (error as Error).stack;
    process.stderr.write(`\nCould not start.\n${reason}\n`);
    process.exitCode = 1;
    await boot.end(tooLate).catch((closing: unknown) => process.stderr.write(`${messageOf(closing)}\n`));
    process.exit();
  }
}
