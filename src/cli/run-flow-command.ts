import { parseArgs } from 'node:util';
import { productFlows } from '../compose/product-flows.js';
import { askForRun, tellRun, waitMsOf } from './ask-for-run.js';
import type { Command } from './command.js';
import { nameFlow, namesOf, SUBJECT_USAGE } from './named-flow.js';
import { whoActs } from './who-acts.js';

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
    const waitMs = waitMsOf(values.wait);
    const named = nameFlow(context.flows, positionals[0], positionals[1]);
    return tellRun(context, await askForRun(context, named, { by: whoActs(), waitMs }));
  },
};
