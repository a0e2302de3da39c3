import { changeFlowByHand } from '../documents/flows-by-hand.js';
import { productFlows } from '../compose/product-flows.js';
import { UsageError, type Command } from './command.js';
import { companyOf, nameFlow, namesOf, readNamed, SUBJECT_USAGE } from './named-flow.js';
import { whoActs } from './who-acts.js';

export const scheduleCommand: Command = {
  name: 'schedule',
  usage: `${SUBJECT_USAGE} <flow> "<cron, UTC>"|default|off|on`,
  summary: `Change when a flow of a connection runs, or switch it off and on. Flows: ${namesOf(productFlows)}.`,
  async run([given, name, wanted], context) {
    const { clock, flows } = context;
    const asked = nameFlow(flows, given, name);
    if (!wanted) throw new UsageError('Say when: a cron expression in quotes, default, off or on.');
    const { db } = await context.database();
    const deps = { db, clock, flows };
    const named = { ...asked, companyId: await companyOf(deps, asked) };
    const { id: flowId } = await readNamed(deps, named);
    const who = { companyId: named.companyId, flowId, by: whoActs() };
    await changeFlowByHand(deps, who, changeOf(wanted));
    const changed = await readNamed(deps, named);
    const next = changed.enabled ? `next run ${changed.nextAttemptAt.toISOString()}` : 'switched off';
    context.print(`${named.name}: ${changed.schedule}, ${next}`);
    return 0;
  },
};

function changeOf(wanted: string): { schedule?: string | null; enabled?: boolean } {
  if (wanted === 'on' || wanted === 'off') return { enabled: wanted === 'on' };
  return { schedule: wanted === 'default' ? null : wanted };
}
