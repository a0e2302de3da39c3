import type { FlowDefinition } from '../../sync/flows/flow-catalogue.js';

export const readWebhooksFlow: FlowDefinition = {
  name: 'read-webhooks',
  lane: 'urgent',
  schedule: '*/15 * * * *',
  spreadSeconds: 300,
  jobName: 'ReadWebhooks',
  description:
    'Reads from TikTok Shop what its webhooks say has changed, within seconds; the other tasks stay the truth and find what no webhook has told.',
};

export const keepWebhooksFlow: FlowDefinition = {
  name: 'keep-webhooks',
  lane: 'background',
  schedule: '25 * * * *',
  spreadSeconds: 1800,
  jobName: 'KeepWebhooks',
  description: 'Sees to it that TikTok Shop sends its webhooks here, and tells when it does not.',
};
