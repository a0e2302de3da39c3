import type { FlowDefinition } from '../../sync/flows/flow-catalogue.js';

export const pushProductsFlow: FlowDefinition = {
  name: 'push-products',
  lane: 'background',
  schedule: '20 * * * *',
  spreadSeconds: 300,
  jobName: 'PushProducts',
  description:
    'Sends products that were asked for to TikTok Shop, and reads back how its review of them goes.',
};
