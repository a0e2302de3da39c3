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

export const sweepOrdersFlow: FlowDefinition = {
  name: 'sweep-orders',
  lane: 'background',
  schedule: '20 2 * * *',
  spreadSeconds: 3600,
  jobName: 'SweepOrders',
  description:
    'Reads once a night all orders that await shipment or are on hold, so that none is missed that TikTok has listed late.',
};
