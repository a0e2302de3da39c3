import { parseArgs } from 'node:util';
import { findCancelling } from '../acknowledgements/acknowledgement-store.js';
import { AppError } from '../kernel/errors.js';
import { createLogger } from '../telemetry/logging.js';
import { documentKinds, effectsOf, otherEffects } from '../compose/kinds.js';
import { decideEffect } from '../documents/decide-effect.js';
import { listWaitingForPerson } from '../sync/effects/outbox-decisions.js';
import type { WaitingDecision } from '../sync/effects/waiting-effects.js';
import { idOf, table, UsageError, type Command, type CommandContext } from './command.js';
import { whoActs } from './who-acts.js';

const decisions = ['ask', 'done', 'not-done', 'send-again'] as const;

export const outboxCommand: Command = {
  name: 'outbox',
  usage: `[<entry> ${decisions.join('|')} [--reason <text>]]`,
  summary:
    'List the effects on TikTok that wait for a person, or settle one: ask TikTok once more, or say what you have found in Seller Center.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { reason: { type: 'string' } },
    });
    const [entry, decision] = positionals;
    if (entry === undefined) return list(context);
    const id = BigInt(idOf(entry, 'number of an entry'));
    const known = decisions.find((each) => each === decision);
    if (!known) throw new UsageError(`Say what to do: ${decisions.join(', ')}.`);
    await settle(context, id, known, values.reason);
    context.print('Settled. What is left to do, a worker does within seconds.');
    return 0;
  },
};

async function list(context: CommandContext): Promise<number> {
  const { db } = await context.database();
  const entries = await listWaitingForPerson(db.prisma);
  const rows = entries.map((entry) =>
    [entry.id, entry.companyId, entry.connectionId, entry.effect, entry.documentKey, entry.lastError].map(
      (cell) => String(cell ?? ''),
    ),
  );
  if (rows.length === 0) context.print('Nothing waits for a person.');
  else context.print(table([['entry', 'company', 'connection', 'effect', 'document', 'why'], ...rows]));
  return 0;
}

async function settle(
  context: CommandContext,
  id: bigint,
  decision: (typeof decisions)[number],
  reason: string | undefined,
): Promise<void> {
  const { db } = await context.database();
  const entry = (await listWaitingForPerson(db.prisma)).find((each) => each.id === id);
  if (!entry) throw new AppError('not-found', `No entry ${id} waits for a person.`);
  const { companyId } = entry;
  const domain = {
    db,
    clock: context.clock,
    log: createLogger({ level: 'silent', form: 'json' }),
    openShop: nobody,
    findCancelling,
  };
  const effects = effectsOf(
    documentKinds(domain),
    otherEffects(domain, { ownHosts: [], get: nobody, inTurn: nobody, close: nobody }),
  );
  await decideEffect(
    { db, clock: context.clock, effects },
    { companyId, id, by: whoActs() },
    decided(decision, reason),
  );
}

function decided(decision: WaitingDecision['decision'], reason: string | undefined): WaitingDecision {
  if (decision !== 'not-done') return { decision };
  if (!reason) throw new UsageError('Give the --reason that the document shall show.');
  return { decision, reason };
}

/** Settling writes to our own rows only; TikTok is asked, and images are fetched, by the workers. */
function nobody(): Promise<never> {
  throw new Error('A command calls nobody.');
}
