import { parseArgs } from 'node:util';
import type { Config } from '../config/config.js';
import { examine, findingsOfConfiguration, type DoctorDeps } from '../doctor/doctor.js';
import { fail, formatFindings, type Finding } from '../doctor/finding.js';
import { sealedColumns } from '../compose/sealed-columns-list.js';
import { encryptionKeysOf } from '../config/encryption-key-file.js';
import { messageOf } from '../kernel/errors.js';
import { openQueues } from '../jobs/queues.js';
import { createLogger } from '../telemetry/logging.js';
import { redactText } from '../kernel/redact.js';
import { createSealer } from '../store/secrets.js';
import { hostsFor } from '../tiktok/hosts.js';
import { createHttpDoor } from '../outbound/http-door.js';
import type { Clock } from '../kernel/time.js';
import type { Command, CommandContext, OpenDatabase } from './command.js';

export const doctorCommand: Command = {
  name: 'doctor',
  usage: '[--json]',
  summary:
    'Look at the whole installation: what is missing or wrong, and what to do. Exit code 1 when something is wrong.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
    const findings = await examineAll(context);
    context.print(redactText(values.json ? JSON.stringify(findings, null, 2) : formatFindings(findings)));
    return findings.some((finding) => finding.state === 'fail') ? 1 : 0;
  },
};

async function examineAll(context: CommandContext): Promise<Finding[]> {
  let config: Config;
  try {
    config = context.config();
  } catch (error) {
    return findingsOfConfiguration(error);
  }
  const database = await openIfThere(context, config);
  if (database && 'check' in database) return [database];
  return withQueueHealth(config, database, (queueHealth) =>
    examine({
      config,
      clock: context.clock,
      nodeVersion: process.version,
      database,
      queueHealth,
      tiktokTime: config.tiktokAppKey ? () => tiktokTime(config, context.clock) : null,
    }),
  );
}

/** Null when the demo does not run; a finding when the keys to what is stored cannot be had. */
async function openIfThere(
  context: CommandContext,
  config: Config,
): Promise<DoctorDeps['database'] | Finding> {
  let open: OpenDatabase;
  try {
    open = await context.database();
  } catch (error) {
    if (config.mode === 'demo') return null;
    throw error;
  }
  try {
    return { ...open, sealer: createSealer(await encryptionKeysOf(config)), sealed: sealedColumns };
  } catch (error) {
    return fail('encryption', messageOf(error), 'Set ENCRYPTION_KEYS.');
  }
}

async function withQueueHealth(
  config: Config,
  database: DoctorDeps['database'],
  work: (health: DoctorDeps['queueHealth']) => Promise<Finding[]>,
): Promise<Finding[]> {
  if (!database) return work(null);
  const queues = openQueues({
    redisUrl: config.redisUrl ?? undefined,
    databaseUrl: database.url,
    consumes: false,
    log: createLogger({ level: 'silent', form: 'json' }),
  });
  try {
    return await work(() => queues.health());
  } finally {
    await queues.close();
  }
}

/** Any answer of TikTok's carries its time; this one needs no app, no token and no signature. */
async function tiktokTime(config: Config, clock: Clock): Promise<Date | null> {
  const hosts = hostsFor('production', {
    allowSimulator: false,
    production: config.tiktokApiUrl ? { api: config.tiktokApiUrl } : {},
  });
  const door = createHttpDoor({ clock, answerTimeoutMs: 10_000 });
  try {
    const answer = await door.send({ origin: hosts.api, method: 'GET', target: '/', headers: {} });
    return answer.serverTime;
  } finally {
    await door.close();
  }
}
