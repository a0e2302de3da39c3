import { Prisma } from '../../store/database.js';
import { flowList, type FlowDefinition } from '../../sync/flows/flow-catalogue.js';
import type { Subject, SubjectKind } from '../../sync/subjects/subject-kind.js';

/** An address that is told of changes. A company that is deactivated has none that run. */
const webhookSubject: SubjectKind = {
  kind: 'webhook',
  noun: 'webhook',
  rows: Prisma.sql`SELECT w.id, w.company_id, 'Webhook ' || w.id AS name, NULL::int AS partner_id,
      CASE WHEN w.state = 'on' AND c.deactivated_at IS NOT NULL THEN 'resting' ELSE w.state END AS state,
      w.state_reason AS reason, w.created_at
    FROM webhook_subscriptions w JOIN companies c ON c.id = w.company_id`,
  gate: { runs: ['on'], urgentOnly: [], gone: ['deleted'] },
  standingOf: (state) => (state === 'resting' ? 'belongs to a deactivated company' : `is ${state}`),
  next: 'Switch it on again: PUT Webhooks/{WebhookId} with Enabled true.',
};

export const sendWebhooksFlow: FlowDefinition = {
  name: 'send-webhooks',
  subject: webhookSubject,
  lane: 'outgoing',
  schedule: '*/5 * * * *',
  spreadSeconds: 300,
  jobName: 'SendWebhooks',
  description:
    'Tells the address of one webhook of changes, within seconds, and again until it has taken them.',
};

/** For those who ask about flows of webhooks. */
export const webhookFlows = flowList([sendWebhooksFlow]);

export function webhookOf(id: number): Subject {
  return { kind: webhookSubject.kind, id };
}
