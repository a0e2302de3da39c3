import type { Boot } from './compose/boot.js';
import { compose } from './compose/compose.js';
import { loadConfig } from './config/config.js';
import type { Logger } from './kernel/log.js';
import { createLogger, logForm } from './telemetry/logging.js';
import { SECOND_MS } from './kernel/time.js';

/**
 * Configuration, composition, start of the roles. Resolves when everything runs.
 * @param logs gets the log as soon as there is one
 * @throws AppError configuration-invalid, service-unavailable; the reason of `boot.stop` when it is told to end meanwhile
 */
export async function start(boot: Boot, logs: (log: Logger) => void): Promise<void> {
  const config = loadConfig();
  boot.graceMs = (config.shutdownSeconds + 10) * SECOND_MS;
  const log = createLogger({ level: config.logLevel, form: logForm(config) });
  logs(log);
  if (config.mode === 'demo') {
    // Loaded only here: with it comes the simulator, whose memory no server shall hold.
    const { startDemo } = await import('./demo/demo.js');
    await startDemo({ config, log, boot });
    return;
  }
  const connector = await boot.hold(
    () => compose({ config, log }),
    (composed) => composed.close(),
  );
  await connector.start();
}
