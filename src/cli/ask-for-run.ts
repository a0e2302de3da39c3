import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../companies/actor.js';
import { runByHand } from '../documents/flows-by-hand.js';
import { SECOND_MS } from '../kernel/time.js';
import type { Tx } from '../store/database.js';
import type { FlowView } from '../sync/flows/flows.js';
import { idOf, type CommandContext } from './command.js';
import { companyOf, readNamed, type NamedFlow } from './named-flow.js';

const LOOK_EVERY_MS = 250;

/** Option `--wait`: milliseconds; 60 s when left out, 0 only asks. @throws UsageError */
export function waitMsOf(given: string | undefined): number {
  return given === '0' ? 0 : idOf(given ?? '60', 'number of seconds') * SECOND_MS;
}

/**
 * Asks for a run of a flow and waits for the end of the first one that both began and ended afterwards.
 * @param also what else is written with the request
 * @returns `asked` when that is all that was wanted, null when no worker has run it in time
 * @throws AppError not-found, connection-not-ready
 */
export async function askForRun(
  context: CommandContext,
  asked: NamedFlow,
  { by, waitMs, also }: { by: Actor; waitMs: number; also?: (tx: Tx) => Promise<void> },
): Promise<FlowView | 'asked' | null> {
  const { clock, flows } = context;
  const { db } = await context.database();
  const deps = { db, clock, flows };
  const named = { ...asked, companyId: await companyOf(deps, asked) };
  const { companyId, subject, name } = named;
  const before = await readNamed(deps, named);
  await runByHand(deps, { companyId, by }, { subject, name }, also);
  if (waitMs === 0) return 'asked';
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const current = await readNamed(deps, named);
    if (!current.running && timeOf(current.lastFinishedAt) > timeOf(before.lastFinishedAt)) return current;
    await pause(LOOK_EVERY_MS);
  }
  return null;
}

function timeOf(date: Date | null): number {
  return date?.getTime() ?? 0;
}

/** Tells how the run went. @returns the exit code */
export function tellRun(context: CommandContext, flow: FlowView | 'asked' | null): number {
  if (flow === 'asked') {
    context.print('Asked for. A worker begins within seconds.');
    return 0;
  }
  if (!flow) {
    context.print('No worker has run it in this time. It stays asked for; see whether a worker runs.');
    return 1;
  }
  const failed = flow.lastError !== null && flow.failures > 0;
  context.print(`${flow.flow.name}: ${flow.lastOutcome ?? 'ended'}${failed ? `, ${flow.lastError}` : ''}`);
  return failed ? 1 : 0;
}
