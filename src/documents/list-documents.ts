import { createHash } from 'node:crypto';
import type { Database } from '../store/database.js';
import { MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import type { DocumentFilter } from './list-filters.js';
import { createMemory } from '../kernel/memory.js';

export interface DocumentPage {
  keys: number[];
  /** Status of each, beside its text. */
  statusCodes: number[];
  /** The v3 documents as JSON text, in the order of their keys. Empty when only keys were asked for. */
  bodies: string[];
  totalRecords: number;
}

interface PageRequest {
  page: number;
  pageSize: number;
  keysOnly?: boolean;
}

const KEEP_TOTALS_MS = 3 * SECOND_MS;
const KEEP_ANCHORS_MS = 5 * MINUTE_MS;

/**
 * Lists documents by ascending key, so that new ones come last and a walk through the pages misses none. Counting
 * costs ten times a page and OFFSET grows with depth, hence two memories of this process: totals for seconds, and for
 * every page that was read the key it ended with, where the next page begins.
 */
export function createDocumentLister({ db, clock }: { db: Database; clock: Clock }) {
  const totals = createMemory<Promise<number>>({ keepMs: KEEP_TOTALS_MS, most: 1_000, clock });
  const walks = createMemory<Map<number, number>>({ keepMs: KEEP_ANCHORS_MS, most: 1_000, clock });

  return async function listDocuments(filter: DocumentFilter, request: PageRequest): Promise<DocumentPage> {
    const where = conditionsOf(filter);
    const name = JSON.stringify([where.text, where.values]);
    const walkName = `${request.pageSize} ${name}`;
    // Page 0 begins a walk: where earlier ones found the later pages is forgotten.
    const anchors = (request.page > 0 ? walks.get(walkName) : undefined) ?? new Map<number, number>();
    const rows = await readPage(db, where, request, anchors);
    const last = rows.at(-1);
    if (last && rows.length === request.pageSize) {
      anchors.set(request.page + 1, last[0]);
      walks.set(walkName, anchors);
    }
    return {
      keys: rows.map((row) => row[0]),
      statusCodes: rows.map((row) => row[1]),
      bodies: request.keysOnly ? [] : rows.map((row) => row[2]),
      totalRecords: await total(where, name, request, rows.length),
    };
  };

  async function total(where: Conditions, name: string, { page, pageSize }: PageRequest, found: number) {
    const upToHere = page * pageSize + found;
    // A first page that is not full is everything there is.
    if (page === 0 && found < pageSize) return found;
    let counting = totals.get(name);
    if (!counting) {
      counting = count(db, where);
      totals.set(name, counting);
      counting.catch(() => totals.delete(name));
    }
    return found > 0 ? Math.max(await counting, upToHere) : counting;
  }
}

export type ListDocuments = ReturnType<typeof createDocumentLister>;

type Row = [key: number, statusCode: number, body: string];

interface Conditions {
  /** SQL with $1, $2, ... for `values`; equal for equal sets of filters. */
  text: string;
  values: unknown[];
}

export function conditionsOf(filter: DocumentFilter): Conditions {
  const values: unknown[] = [];
  const parts: string[] = [];
  const add = (sql: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(sql.replace('?', `$${values.length}`));
  };
  add('company_id = ?', filter.companyId);
  add('type = ?', filter.type);
  if (filter.statusCodes?.length === 1) add('status_code = ?', filter.statusCodes[0]);
  else add('status_code = ANY(?::int[])', filter.statusCodes);
  add('partner_po = ?', filter.partnerPo);
  add('source_key = ?', filter.sourceKey);
  add('link_key = ?', filter.linkKey);
  add('document_date >= ?', filter.from);
  add('document_date <= ?', filter.to);
  add('sender_company_id = ?', filter.senderCompanyId);
  add('receiver_company_id = ?', filter.receiverCompanyId);
  add('? IN (sender_company_id, receiver_company_id)', filter.partnerId);
  add('parent_key = ?', filter.parentKey);
  return { text: parts.join(' AND '), values };
}

/** Begins after the nearest page before this one whose end is known. */
async function readPage(
  db: Database,
  where: Conditions,
  { page, pageSize, keysOnly }: PageRequest,
  anchors: Map<number, number>,
): Promise<Row[]> {
  const nearest = nearestAnchor(anchors, page);
  const skip = (page - nearest) * pageSize;
  const values = [...where.values, anchors.get(nearest) ?? 0, pageSize];
  const keys = `SELECT key FROM documents WHERE ${where.text} AND key > $${values.length - 1} ORDER BY key LIMIT $${values.length}`;
  const columns = keysOnly ? `key, status_code` : `key, status_code, body`;
  if (skip === 0) return query(db, keys.replace('SELECT key', `SELECT ${columns}`), values);
  // Skipped rows are counted in the index; only the texts of the page are fetched.
  values.push(skip);
  return query(
    db,
    `SELECT ${columns} FROM documents WHERE key IN (${keys} OFFSET $${values.length}) ORDER BY key`,
    values,
  );
}

/** Looks through what is known, not down from the page: callers may ask for page two billion. */
export function nearestAnchor(anchors: ReadonlyMap<number, unknown>, page: number): number {
  if (anchors.has(page)) return page;
  let nearest = 0;
  for (const known of anchors.keys()) if (known < page && known > nearest) nearest = known;
  return nearest;
}

async function count(db: Database, where: Conditions): Promise<number> {
  const [row] = await query(db, `SELECT count(*)::int FROM documents WHERE ${where.text}`, where.values);
  return row![0];
}

/** Named, so that each connection prepares a statement once; there are only as many as sets of filters. */
async function query(db: Database, text: string, values: unknown[]): Promise<Row[]> {
  const name = createHash('sha256').update(text).digest('base64url');
  const { rows } = await db.pool.query<Row>({ text, values, name, rowMode: 'array' });
  return rows;
}
