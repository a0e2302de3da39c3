import type { FlowDefinition } from '../sync/flows/flow-catalogue.js';

export const pullCancellationsFlow: FlowDefinition = {
  name: 'pull-cancellations',
  lane: 'urgent',
  schedule: '40 * * * *',
  spreadSeconds: 60,
  jobName: 'PullCancellations',
  description:
    'Reads cancellations from TikTok Shop, and tells the ERP by acknowledgements of those that concern its orders.',
};
