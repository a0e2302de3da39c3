import { getConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { findFlow, flowNames } from '../sync/flows/flow-catalogue.js';
import { changeFlow, listFlows } from '../sync/flows/flows.js';
import { idOf, UsageError, type Command } from './command.js';

export const scheduleCommand: Command = {
  name: 'schedule',
  usage: '<connection> <flow> "<cron, UTC>"|default|off|on',
  summary: `Change when a flow of a connection runs, or switch it off and on. Flows: ${flowNames.join(', ')}.`,
  async run([connection, name = '', wanted], context) {
    const connectionId = idOf(connection, 'connection number');
    if (!findFlow(name)) throw new UsageError(`The flow must be one of ${flowNames.join(', ')}.`);
    if (!wanted) throw new UsageError('Say when: a cron expression in quotes, default, off or on.');
    const { db } = await context.database();
    const now = context.clock.now();
    const { companyId } = await getConnection(db.prisma, { id: connectionId });
    const find = async () =>
      (await listFlows(db.prisma, { companyId, connectionId, now })).find((flow) => flow.flow.name === name);
    const flow = await find();
    if (!flow) throw new AppError('not-found', `Connection ${connectionId} has no flow ${name} yet.`);
    await db.transaction((tx) => changeFlow(tx, { companyId, flowId: flow.id, now }, changeOf(wanted)));
    const changed = await find();
    const next = changed?.enabled ? `next run ${changed.nextAttemptAt.toISOString()}` : 'switched off';
    context.print(`${name}: ${changed?.schedule ?? ''}, ${next}`);
    return 0;
  },
};

function changeOf(wanted: string): { schedule?: string | null; enabled?: boolean } {
  if (wanted === 'on' || wanted === 'off') return { enabled: wanted === 'on' };
  return { schedule: wanted === 'default' ? null : wanted };
}
