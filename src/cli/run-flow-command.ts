import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { getConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { findFlow, flowNames } from '../sync/flows/flow-catalogue.js';
import { listFlows, requestRun, type FlowView } from '../sync/flows/flows.js';
import { SECOND_MS } from '../kernel/time.js';
import { idOf, UsageError, type Command, type CommandContext } from './command.js';

const LOOK_EVERY_MS = 250;

export const runFlowCommand: Command = {
  name: 'run-flow',
  usage: '<connection> <flow> [--wait <seconds>]',
  summary: `Run a flow of a connection now and wait for its end (60 s; --wait 0 only asks). Flows: ${flowNames.join(', ')}.`,
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { wait: { type: 'string' } },
    });
    const [connection, name = ''] = positionals;
    const connectionId = idOf(connection, 'connection number');
    const flow = findFlow(name);
    if (!flow) throw new UsageError(`The flow must be one of ${flowNames.join(', ')}.`);
    const waitMs = values.wait === '0' ? 0 : idOf(values.wait ?? '60', 'number of seconds') * SECOND_MS;

    const { db } = await context.database();
    const { companyId } = await getConnection(db.prisma, { id: connectionId });
    const before = await readFlow();
    await db.transaction((tx) =>
      requestRun(tx, { companyId, connectionId, name: flow.name, now: context.clock.now() }),
    );
    if (waitMs === 0) {
      context.print('Asked for. A worker begins within seconds.');
      return 0;
    }
    return tell(context, await waitForEnd(before, waitMs));

    async function readFlow(): Promise<FlowView> {
      const flows = await listFlows(db.prisma, { companyId, connectionId, now: context.clock.now() });
      const found = flows.find((candidate) => candidate.flow.name === name);
      if (!found) throw new AppError('not-found', `Connection ${connectionId} has no flow ${name} yet.`);
      return found;
    }

    /** The first run that both began and ended after we had asked. */
    async function waitForEnd(asked: FlowView, ms: number): Promise<FlowView | null> {
      const deadline = Date.now() + ms;
      while (Date.now() < deadline) {
        const current = await readFlow();
        if (!current.running && timeOf(current.lastFinishedAt) > timeOf(asked.lastFinishedAt)) return current;
        await pause(LOOK_EVERY_MS);
      }
      return null;
    }
  },
};

function timeOf(date: Date | null): number {
  return date?.getTime() ?? 0;
}

function tell(context: CommandContext, flow: FlowView | null): number {
  if (!flow) {
    context.print('No worker has run it in this time. It stays asked for; see whether a worker runs.');
    return 1;
  }
  const failed = flow.lastError !== null && flow.failures > 0;
  context.print(`${flow.flow.name}: ${flow.lastOutcome ?? 'ended'}${failed ? `, ${flow.lastError}` : ''}`);
  return failed ? 1 : 0;
}
