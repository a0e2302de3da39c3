import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../companies/actor.js';
import { redactText } from '../kernel/redact.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { ChangeLog } from '../store/change-log/sequencer.js';
import { Prisma, type SqlTx } from '../store/database.js';
import type { AuditAction } from './audit-actions.js';

/** Somebody who was refused: nobody knows who it is. */
export interface Stranger {
  kind: 'stranger';
  /** What was tried, such as a login; never a secret. */
  id: string;
  name: string;
  via: 'api' | 'portal';
  from: string | null;
  role: 'none';
}

/** One change. */
interface AuditFact {
  action: AuditAction;
  /** What was changed, such as `connection 12`. */
  subject: string;
  /** Left out: of the whole installation. */
  companyId?: number | null;
  connectionId?: number | null;
  /** What was and what is, as far as it changed. No personal data of buyers and no secret. */
  before?: unknown;
  after?: unknown;
}

/** Rows get their positions after the commit. */
export const auditLog: ChangeLog = { name: 'audit_entries' };

const SALT_BYTES = 16;
/** Characters of one value: the texts of a connection's largest settings fit. */
const LONGEST_VALUE = 200_000;
const LONGEST_WORD = 300;

/** The values of a row that can be wiped. */
export interface AuditValues {
  actorName: string | null;
  actorFrom: string | null;
  before: string | null;
  after: string | null;
}

/**
 * Appends rows to the trail, in the transaction of the change: either both are there or none is. The sealer puts them into the
 * chain after the commit.
 */
export async function audit(
  tx: SqlTx | BulkTx,
  by: Pick<Actor, 'kind' | 'id' | 'name' | 'via' | 'from' | 'role'> | Stranger,
  facts: readonly AuditFact[],
): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map((fact) => rowOf(by, fact));
  const statement = Prisma.sql`
    INSERT INTO audit_entries (company_id, connection_id, actor_kind, actor_id, actor_via, actor_role, action, subject,
      actor_name, actor_from, before, after, salt, digest)
    SELECT "companyId", "connectionId", "actorKind", "actorId", "actorVia", "actorRole", action, subject,
      "actorName", "actorFrom", before, after, salt, digest
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("companyId" int, "connectionId" int,
      "actorKind" text, "actorId" text, "actorVia" text, "actorRole" text, action text, subject text,
      "actorName" text, "actorFrom" text, before text, after text, salt text, digest text)`;
  if ('$executeRaw' in tx) await tx.$executeRaw(statement);
  else await tx.execute(statement.text, statement.values);
}

/** Binds a row's values without keeping them: what the chain holds of them. */
export function digestOf(salt: string, { actorName, actorFrom, before, after }: AuditValues): string {
  return createHash('sha256')
    .update(JSON.stringify([salt, actorName, actorFrom, before, after]))
    .digest('hex');
}

function rowOf(by: Parameters<typeof audit>[1], fact: AuditFact): object {
  const values: AuditValues = {
    actorName: word(by.name),
    actorFrom: by.from === null ? null : word(by.from),
    before: valueOf(fact.before),
    after: valueOf(fact.after),
  };
  const salt = randomBytes(SALT_BYTES).toString('hex');
  return {
    companyId: fact.companyId ?? null,
    connectionId: fact.connectionId ?? null,
    actorKind: by.kind,
    actorId: word(by.id),
    actorVia: by.via,
    actorRole: by.role,
    action: fact.action,
    subject: word(fact.subject),
    ...values,
    salt,
    digest: digestOf(salt, values),
  };
}

/** A text that looks like a secret does not reach the trail, wherever somebody has typed it; nor does one without end. */
function valueOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = storable(redactText(JSON.stringify(value)));
  return text.length <= LONGEST_VALUE
    ? text
    : JSON.stringify({ cut: text.slice(0, 1_000), characters: text.length });
}

function word(text: string): string {
  return storable(redactText(text)).slice(0, LONGEST_WORD);
}

/** Without what no column of PostgreSQL holds: NUL, and halves of characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
