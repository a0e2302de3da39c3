import { setTimeout as pause } from 'node:timers/promises';
import { getConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';
import type { Tx } from '../store/database.js';
import type { FlowName } from '../sync/flows/flow-catalogue.js';
import { listFlows, requestRun, type FlowView } from '../sync/flows/flows.js';
import { idOf, type CommandContext } from './command.js';

const LOOK_EVERY_MS = 250;

/** Option `--wait`: milliseconds; 60 s when left out, 0 only asks. @throws UsageError */
export function waitMsOf(given: string | undefined): number {
  return given === '0' ? 0 : idOf(given ?? '60', 'number of seconds') * SECOND_MS;
}

interface AskedRun {
  connectionId: number;
  name: FlowName;
  waitMs: number;
  /** What else is written with the request. */
  also?: (tx: Tx) => Promise<void>;
}

/**
 * Asks for a run of a flow and waits for the end of the first one that both began and ended afterwards.
 * @returns `asked` when that is all that was wanted, null when no worker has run it in time
 * @throws AppError not-found, connection-not-ready
 */
export async function askForRun(
  context: CommandContext,
  { connectionId, name, waitMs, also }: AskedRun,
): Promise<FlowView | 'asked' | null> {
  const { db } = await context.database();
  const { companyId } = await getConnection(db.prisma, { id: connectionId });
  const readFlow = async (): Promise<FlowView> => {
    const flows = await listFlows(db.prisma, { companyId, connectionId, now: context.clock.now() });
    const found = flows.find((candidate) => candidate.flow.name === name);
    if (!found) throw new AppError('not-found', `Connection ${connectionId} has no flow ${name} yet.`);
    return found;
  };
  const before = await readFlow();
  await db.transaction(async (tx) => {
    await also?.(tx);
    await requestRun(tx, { companyId, connectionId, name, now: context.clock.now() });
  });
  if (waitMs === 0) return 'asked';
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const current = await readFlow();
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
