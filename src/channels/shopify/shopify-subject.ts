import { Prisma } from '../../store/database.js';
import { flowList, type FlowDefinition } from '../../sync/flows/flow-catalogue.js';
import type { Subject, SubjectKind } from '../../sync/subjects/subject-kind.js';

/** A Shopify store. It rests while its TikTok shop does. */
export const shopifySubject: SubjectKind = {
  kind: 'shopify',
  noun: 'Shopify store',
  rows: Prisma.sql`SELECT s.id, s.company_id, s.domain AS name, c.partner_id,
      CASE WHEN s.state = 'on' AND c.status <> 'active' THEN 'resting' ELSE s.state END AS state,
      s.state_reason AS reason, s.created_at
    FROM shopify_stores s JOIN connections c ON c.id = s.connection_id`,
  gate: { runs: ['on'], urgentOnly: [], gone: ['removed'] },
  standingOf: (state) =>
    ({
      resting: 'waits for its TikTok shop, which is not active',
      refused: 'needs another access token',
      off: 'is switched off',
    })[state] ?? `is ${state}`,
  next: 'Look at GET Settings/Shopify: save a token that Shopify takes, enable the store, or bring its TikTok shop to active.',
};

export const deliverShopifyFlow: FlowDefinition = {
  name: 'deliver-shopify',
  subject: shopifySubject,
  lane: 'urgent',
  schedule: '* * * * *',
  spreadSeconds: 30,
  jobName: 'DeliverOrdersToShopify',
  description:
    'Brings orders that may be shipped into a Shopify store, and cancels there what is cancelled on TikTok.',
};

export const readShopifyFlow: FlowDefinition = {
  name: 'read-shopify',
  subject: shopifySubject,
  lane: 'urgent',
  schedule: '*/5 * * * *',
  spreadSeconds: 120,
  jobName: 'ReadShopify',
  description: 'Reads what became of the orders in a Shopify store: parcels, and cancellations.',
};

/** For those who ask about flows of stores. */
export const shopifyFlows = flowList([deliverShopifyFlow, readShopifyFlow]);

export function shopifyOf(id: number): Subject {
  return { kind: shopifySubject.kind, id };
}
