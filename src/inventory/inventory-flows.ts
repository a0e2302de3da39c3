import type { FlowDefinition } from '../sync/flows/flow-catalogue.js';

export const pushInventoryFlow: FlowDefinition = {
  name: 'push-inventory',
  lane: 'background',
  schedule: '10 * * * *',
  spreadSeconds: 60,
  jobName: 'PushInventory',
  description: 'Sends quantities and prices where TikTok Shop shows others than are wanted.',
};

export const compareInventoryFlow: FlowDefinition = {
  name: 'compare-inventory',
  lane: 'background',
  schedule: '25 * * * *',
  spreadSeconds: 300,
  jobName: 'CompareInventory',
  description:
    'Compares stock and prices in TikTok Shop with what is wanted: what orders have touched every hour, all at least daily.',
};
