import { Prisma } from '../store/database.js';
import { flowList, type FlowDefinition } from '../sync/flows/flow-catalogue.js';
import type { Subject, SubjectKind } from '../sync/subjects/subject-kind.js';

const recipientSubject: SubjectKind = {
  kind: 'alert-recipient',
  noun: 'recipient',
  rows: Prisma.sql`SELECT r.id, r.company_id, 'Recipient ' || r.id AS name, NULL::int AS partner_id,
      CASE WHEN r.state = 'on' AND c.deactivated_at IS NOT NULL THEN 'resting' ELSE r.state END AS state,
      r.state_reason AS reason, r.created_at
    FROM alert_recipients r JOIN companies c ON c.id = r.company_id`,
  gate: { runs: ['on'], urgentOnly: [], gone: ['deleted'] },
  standingOf: (state) => (state === 'resting' ? 'belongs to a deactivated company' : `is ${state}`),
  next: 'Switch it on again: PUT Settings/AlertRecipients/{RecipientId} with Enabled true.',
};

export const sendAlertsFlow: FlowDefinition = {
  name: 'send-alerts',
  subject: recipientSubject,
  lane: 'outgoing',
  schedule: '* * * * *',
  spreadSeconds: 60,
  jobName: 'SendAlerts',
  description: 'Tells one recipient by mail what is wrong, and what is over.',
};

export const alertFlows = flowList([sendAlertsFlow]);

export function recipientOf(id: number): Subject {
  return { kind: recipientSubject.kind, id };
}
