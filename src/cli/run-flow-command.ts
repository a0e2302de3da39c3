import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { productFlows } from '../compose/product-flows.js';
import { runByHand } from '../documents/flows-by-hand.js';
import { SECOND_MS } from '../kernel/time.js';
import type { FlowView } from '../sync/flows/flows.js';
import { idOf, type Command, type CommandContext } from './command.js';
import { companyOf, nameFlow, namesOf, readNamed, SUBJECT_USAGE } from './named-flow.js';
import { whoActs } from './who-acts.js';

const LOOK_EVERY_MS = 250;

export const runFlowCommand: Command = {
  name: 'run-flow',
  usage: `${SUBJECT_USAGE} <flow> [--wait <seconds>]`,
  summary: `Run a flow now and wait for its end (60 s; --wait 0 only asks). Flows: ${namesOf(productFlows)}.`,
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { wait: { type: 'string' } },
    });
    const waitMs = values.wait === '0' ? 0 : idOf(values.wait ?? '60', 'number of seconds') * SECOND_MS;
    const { clock, flows } = context;
    const asked = nameFlow(flows, positionals[0], positionals[1]);
    const { db } = await context.database();
    const deps = { db, clock, flows };
    const named = { ...asked, companyId: await companyOf(deps, asked) };
    const { companyId, subject, name } = named;
    const before = await readNamed(deps, named);
    await runByHand(deps, { companyId, by: whoActs() }, { subject, name });
    if (waitMs === 0) {
      context.print('Asked for. A worker begins within seconds.');
      return 0;
    }
    return tell(context, await waitForEnd(() => readNamed(deps, named), before, waitMs));
  },
};

/** The first run that both began and ended after we had asked. */
async function waitForEnd(
  read: () => Promise<FlowView>,
  asked: FlowView,
  ms: number,
): Promise<FlowView | null> {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline) {
    const current = await read();
    if (!current.running && timeOf(current.lastFinishedAt) > timeOf(asked.lastFinishedAt)) return current;
    await pause(LOOK_EVERY_MS);
  }
  return null;
}

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
