import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.js';
import {
  documentNoun,
  documentPath,
  documentTypes,
  type DocumentType,
} from '../logicbroker/document-types.js';
import { NEEDS_YOU } from '../products/review/list-listings.js';
import type { Tx } from '../store/database.js';
import type { AlertKind, FoundAlert } from './alert-kinds.js';

/** Documents that failed longer ago are nobody's news. */
const FAILED_SINCE_MS = 30 * DAY_MS;
const DEADLINE_NEAR_MS = 4 * HOUR_MS;
const AUTHORISATION_NEAR_MS = 7 * DAY_MS;
const FAILURES_UNTIL_STUCK = 3;
const WEBHOOK_FAILING_MS = 15 * MINUTE_MS;
const IMPORTS_SINCE_MS = 7 * DAY_MS;
const FAILED = 1200;

interface Row {
  companyId: number;
  connectionId: number | null;
  /** Of the shop. */
  name: string;
  cause: string;
  /** What more there is to say. */
  what: string;
  count: number;
}

interface Finder {
  kind: AlertKind;
  find: (tx: Tx, now: Date) => Promise<Row[]>;
  title: (row: Row) => string;
  next: (row: Row) => string;
  link?: (row: Row) => string;
}

const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const ago = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

/** One for each kind. A finder looks at rows that are there anyway, by their indexes, and changes nothing. */
const finders: readonly Finder[] = [
  {
    kind: 'failed-documents',
    find: (tx, now) => tx.$queryRaw`
      SELECT d.company_id AS "companyId", d.connection_id AS "connectionId", c.name,
        d.connection_id || ':' || d.type AS cause, d.type AS what, count(*)::int AS count
      FROM companies m JOIN documents d ON d.company_id = m.id AND d.type = ANY(${[...documentTypes]}::text[])
        AND d.status_code = ${FAILED}
      JOIN connections c ON c.id = d.connection_id AND c.status <> 'closed'
      WHERE d.updated_at > ${ago(now, FAILED_SINCE_MS)}
      GROUP BY d.company_id, d.connection_id, c.name, d.type`,
    title: ({ name, what, count }) => `${many(count, documentNoun(what as DocumentType))} of ${name} failed.`,
    next: ({ what }) =>
      `See GET ${documentPath(what as DocumentType)}?status=Failed and the Explain of each; send it again, or set it to Ignored.`,
  },
  {
    kind: 'decisions',
    find: (tx) => tx.$queryRaw`
      SELECT o.company_id AS "companyId", o.connection_id AS "connectionId", c.name, o.connection_id::text AS cause,
        '' AS what, count(*)::int AS count
      FROM outbox o JOIN connections c ON c.id = o.connection_id AND c.status <> 'closed'
      WHERE o.state = 'needs_person' GROUP BY o.company_id, o.connection_id, c.name`,
    title: ({ name, count }) => `${many(count, 'effect')} of ${name} wait for a decision.`,
    next: () => 'Open the page of the connection: it shows the facts, and what can be decided.',
  },
  {
    kind: 'deadlines',
    find: (tx, now) => tx.$queryRaw`
      SELECT d.company_id AS "companyId", d.connection_id AS "connectionId", c.name,
        d.connection_id || ':' || d.kind AS cause, d.kind AS what, count(*)::int AS count
      FROM open_deadlines d JOIN connections c ON c.id = d.connection_id AND c.status <> 'closed'
      WHERE d.due_at < ${new Date(now.getTime() + DEADLINE_NEAR_MS)}
      GROUP BY d.company_id, d.connection_id, c.name, d.kind`,
    title: ({ name, what, count }) =>
      `${many(count, 'deadline')} of ${name} (${what}) ${count === 1 ? 'ends within four hours or has' : 'end within four hours or have'} passed.`,
    next: () => 'See GET Deadlines: each says what is to be done.',
  },
  {
    kind: 'connection',
    find: (tx, now) => tx.$queryRaw`
      SELECT c.company_id AS "companyId", c.id AS "connectionId", c.name, c.id::text AS cause,
        CASE WHEN c.status = 'active' THEN to_char(a.refresh_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
          ELSE '' END AS what, 1 AS count
      FROM connections c LEFT JOIN authorizations a ON a.id = c.authorization_id
      WHERE c.status = 'needs_reauthorization'
        OR (c.status = 'active' AND a.refresh_expires_at < ${new Date(now.getTime() + AUTHORISATION_NEAR_MS)})`,
    title: ({ name, what }) =>
      what
        ? `The authorisation of ${name} ends at ${what}.`
        : `${name} needs to be authorised again: nothing is exchanged with TikTok.`,
    next: () => 'Open the page of the connection and choose Connect; nothing is lost meanwhile.',
  },
  {
    kind: 'stuck-tasks',
    find: (tx) => tx.$queryRaw`
      SELECT c.company_id AS "companyId", c.id AS "connectionId", c.name, c.id || ':' || f.name AS cause, f.name AS what,
        f.failures AS count
      FROM flows f JOIN connections c ON c.id = f.connection_id AND c.status = 'active'
      WHERE f.failures >= ${FAILURES_UNTIL_STUCK} AND f.enabled`,
    title: ({ name, what, count }) => `The task ${what} of ${name} has failed ${count} times in a row.`,
    next: () => 'The page of the connection shows why. The service tries again by itself.',
  },
  {
    kind: 'held-feeds',
    find: (tx) => tx.$queryRaw`
      SELECT i.company_id AS "companyId", i.connection_id AS "connectionId", c.name, i.id::text AS cause, i.id::text AS what,
        1 AS count
      FROM imports i JOIN connections c ON c.id = i.connection_id AND c.status <> 'closed' WHERE i.state = 'held'`,
    title: ({ name, what }) => `Feed ${what} for ${name} is held until somebody confirms or refuses it.`,
    next: ({ what }) =>
      `See GET Inventory/Imports/${what}, then PUT Inventory/Imports/${what}/Confirm or /Refuse.`,
  },
  {
    kind: 'import-errors',
    find: (tx, now) => tx.$queryRaw`
      SELECT "companyId", "connectionId", name, cause, what, count FROM (
        SELECT DISTINCT ON (i.connection_id, i.kind) i.company_id AS "companyId", i.connection_id AS "connectionId", c.name,
          i.connection_id || ':' || i.kind AS cause, i.id::text AS what, i.state,
          coalesce((i.counts->>'errors')::int, 0) AS count
        FROM imports i JOIN connections c ON c.id = i.connection_id AND c.status <> 'closed'
        WHERE i.received_at > ${ago(now, IMPORTS_SINCE_MS)} AND NOT i.dry_run AND i.state IN ('applied', 'replaced', 'refused')
        ORDER BY i.connection_id, i.kind, i.id DESC) newest
      WHERE state = 'refused' OR count > 0`,
    title: ({ name, what, count }) =>
      count > 0
        ? `Feed ${what} for ${name} has ${many(count, 'bad row')}.`
        : `Feed ${what} for ${name} was refused.`,
    next: ({ what }) => `See GET Inventory/Imports/${what}/Errors, correct the rows and send them again.`,
  },
  {
    kind: 'unmatched-skus',
    find: (tx) => tx.$queryRaw`
      SELECT i.company_id AS "companyId", i.connection_id AS "connectionId", c.name, i.connection_id::text AS cause,
        '' AS what, count(*)::int AS count
      FROM inventory_items i JOIN connections c ON c.id = i.connection_id AND c.status = 'active'
      WHERE i.merchant_sku IS NULL GROUP BY i.company_id, i.connection_id, c.name`,
    title: ({ name, count }) =>
      `${many(count, 'item')} of ${name} have no SKU in TikTok, so they are not sent.`,
    next: () => 'See GET Inventory/{partnerId}/NotSent, and send a matching file.',
  },
  {
    kind: 'no-feed',
    find: (tx, now) => tx.$queryRaw`
      SELECT c.company_id AS "companyId", c.id AS "connectionId", c.name, c.id::text AS cause, m.feed_alert_hours::text AS what,
        1 AS count
      FROM connections c JOIN companies m ON m.id = c.company_id AND m.deactivated_at IS NULL
      WHERE c.status = 'active' AND m.feed_alert_hours > 0
        AND EXISTS (SELECT 1 FROM inventory_items i WHERE i.connection_id = c.id
          AND NOT (i.stock_by_products OR i.cost_by_products))
        AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.connection_id = c.id AND i.kind = 'feed' AND NOT i.dry_run
          AND i.received_at > ${now}::timestamptz - make_interval(hours => m.feed_alert_hours))`,
    title: ({ name, what }) => `No inventory feed has come for ${name} in ${what} hours.`,
    next: () => 'See whether your ERP still sends it: POST Inventory/{partnerId}.',
  },
  {
    kind: 'products',
    find: (tx) => tx.$queryRaw`
      SELECT s.company_id AS "companyId", s.connection_id AS "connectionId", c.name, s.connection_id::text AS cause,
        '' AS what, count(*)::int AS count
      FROM product_pushes s JOIN wanted_products p ON p.connection_id = s.connection_id AND p.product_key = s.product_key
        AND p.deleted_n IS NULL
      JOIN connections c ON c.id = s.connection_id AND c.status <> 'closed'
      WHERE ${NEEDS_YOU} GROUP BY s.company_id, s.connection_id, c.name`,
    title: ({ name, count }) =>
      `${many(count, 'product')} of ${name} ${count === 1 ? 'waits' : 'wait'} for you.`,
    next: () => 'See GET v3 Product/{partnerId}/Listings?needs=you: each says why, and what to do.',
  },
  {
    kind: 'deliveries',
    find: (tx, now) => tx.$queryRaw`
      SELECT d.company_id AS "companyId", max(d.connection_id) AS "connectionId", '' AS name, d.profile AS cause,
        d.profile AS what, count(*)::int AS count
      FROM deliveries d
      WHERE d.state IN ('failed', 'rejected') AND d.created_at > ${ago(now, FAILED_SINCE_MS)}
      GROUP BY d.company_id, d.profile`,
    title: ({ what, count }) => `${many(count, 'file')} of delivery profile ${what} failed.`,
    next: () => 'See GET v3 Deliveries?state=failed and ?state=rejected: each says why.',
    link: ({ what }) => `/deliveries?profile=${encodeURIComponent(what)}`,
  },
  {
    kind: 'webhooks',
    find: (tx, now) => tx.$queryRaw`
      SELECT w.company_id AS "companyId", NULL::int AS "connectionId", '' AS name, w.id::text AS cause,
        w.state AS what, w.failures AS count
      FROM webhook_subscriptions w
      WHERE w.state = 'disabled' OR (w.state = 'on' AND w.failing_since < ${ago(now, WEBHOOK_FAILING_MS)})`,
    title: ({ cause, what }) =>
      what === 'disabled' ? `Webhook ${cause} was switched off.` : `Webhook ${cause} takes no messages.`,
    next: ({ cause }) =>
      `See GET Webhooks/${cause}/Messages, and try the receiver with GET Webhooks/${cause}/Test.`,
    link: ({ cause }) => `/webhooks/${cause}`,
  },
];

/** Where each is looked at, if not on the page of its shop. */
const pages: Readonly<Partial<Record<AlertKind, (shop: number | null, what: string) => string>>> = {
  'failed-documents': (shop, what) =>
    what === 'invoice' ? '/problems' : `/${documentNoun(what as DocumentType)}s?view=problems&shop=${shop}`,
  deadlines: (shop) => `/deadlines?shop=${shop}`,
  'stuck-tasks': (shop, what) => `/runs?flow=${what}&shop=${shop}`,
  'held-feeds': (_shop, what) => `/feeds/${what}`,
  'import-errors': (_shop, what) => `/feeds/${what}`,
  'unmatched-skus': (shop) => `/inventory?view=unmatched&shop=${shop}`,
  'no-feed': (shop) => `/feeds?shop=${shop}`,
  products: (shop) => `/products?view=you&shop=${shop}`,
};

/** Everything that is wrong now, of all companies that are not deactivated. */
export async function findAlerts(tx: Tx, now: Date): Promise<FoundAlert[]> {
  const found: FoundAlert[] = [];
  for (const { kind, find, title, next, link } of finders)
    for (const row of await find(tx, now)) {
      const { companyId, connectionId, cause, count } = row;
      const path = link?.(row) ?? pages[kind]?.(connectionId, row.what) ?? `/connections/${connectionId}`;
      found.push({
        companyId,
        kind,
        cause,
        connectionId,
        title: title(row),
        next: next(row),
        link: path,
        count,
      });
    }
  const resting = await tx.company.findMany({
    where: { deactivatedAt: { not: null } },
    select: { id: true },
  });
  const isResting = new Set(resting.map(({ id }) => id));
  return found.filter(({ companyId }) => !isResting.has(companyId));
}
