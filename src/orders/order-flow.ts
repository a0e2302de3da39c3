import type { FlowDefinition } from '../sync/flows/flow-catalogue.js';

export const pullOrdersFlow: FlowDefinition = {
  name: 'pull-orders',
  lane: 'urgent',
  schedule: '*/15 * * * *',
  spreadSeconds: 60,
  jobName: 'PullOrders',
  description:
    'Reads new and changed orders from TikTok Shop, and hands out those whose hold after payment is over.',
};
