import { stringify } from 'csv-stringify/sync';
import type { Tx } from '../store/database.js';
import { readAudit, type AuditFilter, type AuditRow } from './read-audit.js';

export const auditFormats = ['csv', 'jsonl'] as const;
type AuditFormat = (typeof auditFormats)[number];

const columns = [
  'position',
  'time',
  'action',
  'subject',
  'company',
  'connection',
  'actorKind',
  'actorId',
  'actorName',
  'via',
  'role',
  'from',
  'before',
  'after',
  'link',
] as const;

/** The trail as text, piece by piece: CSV with a header, or one JSON object a line. Never the whole in memory. */
export async function* exportAudit(tx: Tx, filter: AuditFilter, format: AuditFormat): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([[...columns]]);
  for await (const page of readAudit(tx, filter)) {
    const rows = page.map((row) => flatRow(row));
    // Names and settings are typed by people, and a spreadsheet must not take one for a formula.
    if (format === 'csv')
      yield stringify(
        rows.map((row) => columns.map((column) => row[column])),
        { escape_formulas: true },
      );
    else yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
}

function flatRow(row: AuditRow): Record<(typeof columns)[number], string | number | null> {
  return {
    position: row.position,
    time: new Date(Number(row.createdMs)).toISOString(),
    action: row.action,
    subject: row.subject,
    company: row.companyId,
    connection: row.connectionId,
    actorKind: row.actorKind,
    actorId: row.actorId,
    actorName: row.actorName,
    via: row.actorVia,
    role: row.actorRole,
    from: row.actorFrom,
    before: row.before,
    after: row.after,
    link: row.mac,
  };
}
