import { parseArgs } from 'node:util';
import { auditFormats, exportAudit } from '../audit/export-audit.js';
import { sealAudit } from '../audit/seal-audit.js';
import { verifyAudit } from '../audit/verify-audit.js';
import { encryptionKeysOf } from '../config/encryption-key-file.js';
import { createSealer } from '../store/secrets.js';
import { idOf, UsageError, type Command, type CommandContext } from './command.js';

export const auditCommand: Command = {
  name: 'audit',
  usage:
    'verify [--head <position:link> ...] [--json] | export [--format csv|jsonl] [--company <n>] [--since <time>] [--until <time>]',
  summary:
    'Check that no row of the audit trail was changed, removed, put in or moved (exit code 1 when one was), or write the trail out.',
  async run([what, ...args], context) {
    if (what === 'verify') return verify(args, context);
    if (what === 'export') return exportTrail(args, context);
    throw new UsageError('Say verify or export.');
  },
};

async function verify(args: string[], context: CommandContext): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { head: { type: 'string', multiple: true }, json: { type: 'boolean' } },
  });
  const heads = values.head ?? [];
  const bad = heads.find((head) => !/^\d{1,18}:[0-9a-f]{64}$/.test(head));
  if (bad !== undefined) throw new UsageError('A head is written as in the log: <position>:<64 hex digits>.');
  const { db } = await context.database();
  const sealer = createSealer(await encryptionKeysOf(context.config()));
  // What was committed before this call is in the chain then, also where no worker runs.
  await sealAudit({ db, sealer });
  const verdict = await verifyAudit({ tx: db.prisma, sealer }, heads);
  if (values.json) context.print(JSON.stringify(verdict, null, 2));
  else {
    for (const finding of verdict.findings) context.print(finding);
    const { rows, wiped, unsealed } = verdict;
    context.print(
      `${rows} rows, ${wiped} of them wiped, ${unsealed} without a link yet. Head ${verdict.head ?? 'none'}`,
    );
    context.print(
      verdict.findings.length === 0 ? 'The audit trail is whole.' : 'The audit trail is NOT whole.',
    );
  }
  return verdict.findings.length === 0 ? 0 : 1;
}

async function exportTrail(args: string[], context: CommandContext): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      format: { type: 'string' },
      company: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
    },
  });
  const wanted = values.format ?? 'csv';
  const format = auditFormats.find((candidate) => candidate === wanted);
  if (!format) throw new UsageError(`--format must be one of ${auditFormats.join(', ')}.`);
  const filter = {
    companyId: values.company === undefined ? undefined : idOf(values.company, 'company number'),
    since: timeOf(values.since),
    until: timeOf(values.until),
  };
  const { db } = await context.database();
  for await (const piece of exportAudit(db.prisma, filter, format)) {
    context.print(piece.replace(/\n$/, ''));
    // A pipe that is read slowly must not fill the memory.
    await context.printed?.();
  }
  return 0;
}

/** A date, or a time with its zone. */
function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]{5,12}(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError('A time is written as 2026-01-31 or 2026-01-31T00:00:00Z.');
  return new Date(text);
}
