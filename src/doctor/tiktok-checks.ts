import { missingScopes } from '../connections/authorization.js';
import type { Database } from '../store/database.js';
import { DAY_MS, MINUTE_MS } from '../kernel/time.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** A seller has to consent again before this; a month is enough to reach the seller. */
const CONSENT_WARNING_MS = 30 * DAY_MS;
const OVERDUE_MS = 5 * MINUTE_MS;
const FAILURES_TO_TELL = 3;

/** Consent, age and scopes of every authorisation that an open connection uses. */
export async function checkAuthorizations(db: Database, now: Date): Promise<Finding[]> {
  const rows = await db.prisma.authorization.findMany({
    where: { connections: { some: { status: { not: 'closed' } } } },
    include: { connections: { where: { status: { not: 'closed' } }, select: { id: true, name: true } } },
    orderBy: { id: 'asc' },
  });
  if (rows.length === 0) return [ok('authorisations', 'no shop is connected yet')];
  const findings = rows.flatMap((row) => {
    const who = row.connections.map(({ id, name }) => `connection ${id} (${name})`).join(', ');
    return [...consentFindings(row, who, now), ...scopeFindings(row.grantedScopes, who)];
  });
  return findings.length > 0 ? findings : [ok('authorisations', `${rows.length} in order`)];
}

interface Consent {
  status: string;
  statusReason: string | null;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
}

function consentFindings(consent: Consent, who: string, now: Date): Finding[] {
  if (consent.status !== 'active') {
    const reason = consent.statusReason ? `: ${consent.statusReason}` : '';
    return [
      fail(
        'authorisations',
        `TikTok no longer accepts ${who}${reason}`,
        'Open the connection, press Connect.',
      ),
    ];
  }
  const { accessExpiresAt, refreshExpiresAt } = consent;
  if (refreshExpiresAt && refreshExpiresAt.getTime() - now.getTime() < CONSENT_WARNING_MS) {
    const day = refreshExpiresAt.toISOString().slice(0, 10);
    return [
      warn(
        'authorisations',
        `The consent for ${who} ends on ${day}.`,
        'Let the seller authorise again before.',
      ),
    ];
  }
  if (accessExpiresAt && accessExpiresAt < now) {
    return [warn('authorisations', `The token of ${who} was not refreshed.`, 'See whether a worker runs.')];
  }
  return [];
}

function scopeFindings(granted: readonly string[], who: string): Finding[] {
  const missing = missingScopes(granted);
  if (missing.length === 0) return [];
  const list = missing.map(({ scope, neededFor }) => `${scope} (${neededFor})`).join(', ');
  return [
    fail(
      'scopes',
      `${who} lacks ${list}.`,
      'Add them to the app in Partner Center, then let the seller authorise again.',
    ),
  ];
}

interface FlowRow {
  name: string;
  connection: string;
  connection_id: number;
  overdue: boolean;
  failures: number;
  last_error: string | null;
}

/** Flows that nobody runs, or that keep failing. */
export async function checkFlows(db: Pick<Database, 'pool'>, now: Date): Promise<Finding[]> {
  const { rows } = await db.pool.query<FlowRow>(
    `SELECT f.name, c.name AS connection, c.id AS connection_id, f.failures, f.last_error,
            f.next_attempt_at < $1 AND (f.lease_until IS NULL OR f.lease_until < $2) AS overdue
     FROM flows f JOIN connections c ON c.id = f.connection_id
     WHERE c.status = 'active' AND f.enabled ORDER BY c.id, f.name`,
    [new Date(now.getTime() - OVERDUE_MS), now],
  );
  const overdue = rows.filter((row) => row.overdue);
  const failing = rows.filter((row) => row.failures >= FAILURES_TO_TELL);
  const findings = failing.map((row) =>
    warn(
      'flows',
      `${row.name} of connection ${row.connection_id} (${row.connection}) failed ${row.failures} times: ${row.last_error ?? 'no reason kept'}`,
      "See the connection's history.",
    ),
  );
  if (overdue.length > 0) {
    findings.push(
      warn(
        'flows',
        `${overdue.length} of ${rows.length} are overdue by more than 5 minutes.`,
        'See whether a worker runs.',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('flows', `${rows.length} on time`)];
}

/** Effects on TikTok whose outcome only a person can decide. */
/** Named in full; who has more of them finds the others on the list of connections. */
const MOST_PAGES = 5;

export async function checkOutbox(db: Pick<Database, 'pool'>): Promise<Finding> {
  const { rows } = await db.pool.query<{ waiting: number; pages: string[] }>(
    `SELECT count(*)::int AS waiting, array_agg(DISTINCT '/connections/' || connection_id) AS pages
     FROM outbox WHERE state = 'needs_person'`,
  );
  const { waiting = 0, pages = [] } = rows[0] ?? {};
  if (waiting === 0) return ok('outbox', 'nothing waits for a person');
  const shown = pages.slice(0, MOST_PAGES).join(', ') + (pages.length > MOST_PAGES ? ', ...' : '');
  return warn(
    'outbox',
    waiting === 1 ? '1 push waits for a person.' : `${waiting} pushes wait for a person.`,
    `Decide on the page of the connection (${shown}), or with the command outbox.`,
  );
}
