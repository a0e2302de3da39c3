import type { FlowDefinition } from '../sync/flows/flow-catalogue.js';

export const pullCatalogueFlow: FlowDefinition = {
  name: 'pull-catalogue',
  lane: 'background',
  schedule: '50 * * * *',
  spreadSeconds: 300,
  jobName: 'PullCatalogue',
  description:
    'Reads warehouses and changed products from TikTok Shop; once a day it compares the whole catalogue.',
};
