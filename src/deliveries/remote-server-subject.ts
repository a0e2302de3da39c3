import { Prisma } from '../store/database.js';
import { flowList, type FlowDefinition } from '../sync/flows/flow-catalogue.js';
import type { Subject, SubjectKind } from '../sync/subjects/subject-kind.js';

/** A server of others. A company that is deactivated has none that run. */
const remoteServerSubject: SubjectKind = {
  kind: 'sftp-server',
  noun: 'SFTP server',
  rows: Prisma.sql`SELECT r.id, r.company_id, r.name, NULL::int AS partner_id,
      CASE WHEN r.state = 'on' AND c.deactivated_at IS NOT NULL THEN 'resting' ELSE r.state END AS state,
      NULL::text AS reason, r.created_at
    FROM remote_servers r JOIN companies c ON c.id = r.company_id`,
  gate: { runs: ['on'], urgentOnly: [], gone: ['deleted'] },
  standingOf: (state) => (state === 'resting' ? 'belongs to a deactivated company' : `is ${state}`),
  next: 'Switch it on again: PUT Settings/SftpServers/{ServerId} with Enabled true.',
};

export const exchangeFilesFlow: FlowDefinition = {
  name: 'exchange-files',
  subject: remoteServerSubject,
  lane: 'outgoing',
  schedule: '* * * * *',
  spreadSeconds: 60,
  jobName: 'ExchangeFiles',
  description: "Fetches the files of one seller's SFTP server, and puts those that wait for it.",
};

export const remoteServerFlows = flowList([exchangeFilesFlow]);

export function remoteServerOf(id: number): Subject {
  return { kind: remoteServerSubject.kind, id };
}
