import type { FlowDefinition } from '../sync/flows/flow-catalogue.js';

export const pullReturnsFlow: FlowDefinition = {
  name: 'pull-returns',
  lane: 'urgent',
  schedule: '*/15 * * * *',
  spreadSeconds: 60,
  jobName: 'PullReturns',
  description: 'Reads new and changed return requests from TikTok Shop, and follows them to their end.',
};
