import { parseArgs } from 'node:util';
import { findFlow, flowNames } from '../sync/flows/flow-catalogue.js';
import { askForRun, tellRun, waitMsOf } from './ask-for-run.js';
import { idOf, UsageError, type Command } from './command.js';

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
    const waitMs = waitMsOf(values.wait);
    return tellRun(context, await askForRun(context, { connectionId, name: flow.name, waitMs }));
  },
};
