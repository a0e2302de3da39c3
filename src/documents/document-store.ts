import { Prisma, type Database, type SqlTx, type Tx } from '../store/database.js';
import { actorColumns } from '../companies/actor-columns.js';
import type { Actor } from '../companies/actor.js';
import { plainLine, plainLines } from '../kernel/plain-text.js';
import { jsonTexts } from '../store/json-list.js';
import { keepPlan } from '../store/sql-transaction.js';
import {
  assertSpliceable,
  type DocumentHead,
  type NewDocument,
  type StoredDocument,
  withStatus,
} from './document.js';
import { eventTypes, type EventTypeName } from './event-types.js';
import { statuses, StatusCode, statusName } from '../logicbroker/statuses.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/** TikTok's own words stand in them: they are cut, and cleaned of control characters. */
const LONGEST_SUMMARY = 1_000;
const LONGEST_DETAILS = 4_000;

/** Columns of a head under the names of `DocumentHead`. */
const headColumns = Prisma.sql`
  key, company_id AS "companyId", connection_id AS "connectionId", type, status_code AS "statusCode", version,
  link_key AS "linkKey", source_key AS "sourceKey", partner_po AS "partnerPo", reference, parent_key AS "parentKey",
  sender_company_id AS "senderCompanyId", receiver_company_id AS "receiverCompanyId",
  document_date AS "documentDate", error_message AS "errorMessage", content_hash AS "contentHash",
  updated_at AS "updatedAt"`;

/** Keys for documents that are about to be rendered, ascending: the text names its own key. */
export async function allocateKeys(tx: SqlTx, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await tx.$queryRaw<{ key: number }[]>`
    SELECT nextval('document_key_seq')::int AS key FROM generate_series(1, ${count}::int)`;
  return rows.map(({ key }) => key).toSorted((a, b) => a - b);
}

/**
 * Stores new documents in one statement.
 * @throws a unique violation (see `isUniqueViolation`) when the parent has a document of this type and reference already
 */
export async function createDocuments(tx: SqlTx, documents: NewDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const heads = documents.map(({ body: _body, ...head }, index) => ({ ...head, nth: index + 1 }));
  const bodies = jsonTexts(documents.map(({ body, statusCode }) => withStatus(body, statusCode)));
  await tx.$executeRaw(
    keepPlan(Prisma.sql`
    INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, source_key, partner_po,
      reference, parent_key, sender_company_id, receiver_company_id, document_date, content_hash, body,
      renderer_version, updated_at)
    SELECT key, "companyId", "connectionId", type, "statusCode", "linkKey", "sourceKey", "partnerPo", reference,
      "parentKey", "senderCompanyId", "receiverCompanyId", "documentDate", "contentHash", body, "rendererVersion",
      now()
    FROM json_to_recordset(${JSON.stringify(heads)}::json) AS given (nth int, key int, "companyId" int,
      "connectionId" int, type text, "statusCode" int, "linkKey" text, "sourceKey" text, "partnerPo" text,
      reference text, "parentKey" int, "senderCompanyId" int, "receiverCompanyId" int,
      "documentDate" timestamptz, "contentHash" text, "rendererVersion" int)
    JOIN unnest(${bodies}) WITH ORDINALITY AS texts (body, nth) USING (nth)`),
  );
}

/** Locks documents for the rest of the transaction, keys ascending so that two writers never wait for each other. */
export async function lockDocuments(
  tx: SqlTx,
  { companyId, keys }: { companyId: number; keys: number[] },
): Promise<DocumentHead[]> {
  return tx.$queryRaw<DocumentHead[]>`
    SELECT ${headColumns} FROM documents
    WHERE company_id = ${companyId} AND key = ANY(${keys}::int[]) ORDER BY key FOR UPDATE`;
}

/** A document of the company with its text; null also when it is another company's or of another type. */
export async function findDocument(
  db: Database | Tx,
  { companyId, type, key }: { companyId: number; type: DocumentType; key: number },
): Promise<StoredDocument | null> {
  const rows = await client(db).$queryRaw<StoredDocument[]>`
    SELECT ${headColumns}, body FROM documents
    WHERE key = ${key} AND company_id = ${companyId} AND type = ${type}`;
  return rows[0] ?? null;
}

/** The documents of this type that orders have under these references: what repeated creates find. */
export async function findChildrenByReference(
  tx: Tx,
  {
    companyId,
    type,
    names,
  }: {
    companyId: number;
    type: DocumentType;
    names: readonly { parentKey: number; reference: string }[];
  },
): Promise<DocumentHead[]> {
  if (names.length === 0) return [];
  return tx.$queryRaw<DocumentHead[]>`
    SELECT ${headColumns} FROM documents
    JOIN unnest(${names.map(({ parentKey }) => parentKey)}::int[], ${names.map(({ reference }) => reference)}::text[])
      AS wanted (order_key, number) ON parent_key = order_key AND reference = number
    WHERE type = ${type} AND company_id = ${companyId}`;
}

/** The documents that belong to an order, oldest first. */
export async function findChildren(
  db: Database | Tx,
  { companyId, parentKey }: { companyId: number; parentKey: number },
): Promise<DocumentHead[]> {
  return client(db).$queryRaw<DocumentHead[]>`
    SELECT ${headColumns} FROM documents
    WHERE parent_key = ${parentKey} AND company_id = ${companyId} ORDER BY key`;
}

/** Keys of the orders that these documents belong to, ascending. */
export async function orderKeysOf(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: number[] },
): Promise<number[]> {
  const rows = await tx.document.findMany({
    where: { companyId, key: { in: keys }, parentKey: { not: null } },
    select: { parentKey: true },
    distinct: ['parentKey'],
    orderBy: { parentKey: 'asc' },
  });
  return rows.flatMap(({ parentKey }) => parentKey ?? []);
}

interface BodyChange {
  key: number;
  body: string;
  rendererVersion: number;
  /** Given when the edit changed them; otherwise the columns stay. */
  partnerPo?: string;
  reference?: string;
  contentHash?: string;
}

/**
 * New texts for existing documents, in one statement; one that came from outside (`contentHash`) has yet to be wiped. The status stays what the row says, whatever the text begins
 * with, and `version` rises only where the text differs (a sweep over unchanged documents leaves ETags alone).
 */
export async function replaceBodies(tx: SqlTx, changes: BodyChange[]): Promise<void> {
  if (changes.length === 0) return;
  for (const { body } of changes) assertSpliceable(body);
  const heads = changes.map(({ body: _body, ...head }, index) => ({ ...head, nth: index + 1 }));
  const bodies = jsonTexts(changes.map(({ body }) => body));
  await tx.$executeRaw`
    WITH given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(heads)}::json) AS heads (nth int, key int,
        "rendererVersion" int, "partnerPo" text, reference text, "contentHash" text)
      JOIN unnest(${bodies}) WITH ORDINALITY AS texts (body, nth) USING (nth)
    ), locked AS (
      SELECT key, '{"StatusCode":' || d.status_code || substr(g.body, strpos(g.body, ',')) AS body,
        g."rendererVersion", g."partnerPo", g.reference, g."contentHash"
      FROM documents d JOIN given g USING (key) ORDER BY key FOR UPDATE OF d
    )
    UPDATE documents d SET
      version = d.version + CASE WHEN d.body = l.body THEN 0 ELSE 1 END,
      updated_at = CASE WHEN d.body = l.body THEN d.updated_at ELSE now() END,
      body = l.body,
      renderer_version = l."rendererVersion",
      partner_po = coalesce(l."partnerPo", d.partner_po),
      reference = coalesce(l.reference, d.reference),
      content_hash = coalesce(l."contentHash", d.content_hash),
      wiped_at = CASE WHEN l."contentHash" IS NULL THEN d.wiped_at END
    FROM locked l WHERE d.key = l.key`;
}

interface StatusChange {
  companyId: number;
  keys: number[];
  type: DocumentType;
  to: number;
  /** Leaves documents alone that are as far or further. */
  onlyIncrease?: boolean;
  /** Why it failed. Left out, an old reason goes away unless the document is still failed. */
  errorMessage?: string | null;
  /** Text for the history beside "from -> to". */
  details?: string;
  /** Who moves them. */
  by: Actor;
}

/**
 * Moves documents to a status in one statement: the number in column and text, the version, and a `status-changed` (or
 * `document-failed`) event for each. Documents that are there already, are another company's or of another type are
 * left alone.
 * @returns the keys that changed, ascending
 */
export async function changeStatus(tx: SqlTx, change: StatusChange): Promise<number[]> {
  if (change.keys.length === 0) return [];
  const { companyId, keys, type, to } = change;
  const event = eventTypes[to === StatusCode.failed ? 'document-failed' : 'status-changed'];
  const setsError = change.errorMessage !== undefined || to !== StatusCode.failed;
  const errorMessage = change.errorMessage == null ? null : plainLine(change.errorMessage, LONGEST_DETAILS);
  const details = change.details === undefined ? null : plainLines(change.details, LONGEST_DETAILS);
  const { actorKind, actorId, actorName, actorVia } = actorColumns(change.by);
  const rows = await tx.$queryRaw<{ key: number }[]>`
    WITH locked AS (
      SELECT key, status_code, error_message FROM documents
      WHERE key = ANY(${keys}::int[]) AND company_id = ${companyId} AND type = ${type}
      ORDER BY key FOR UPDATE
    ), changed AS (
      UPDATE documents d SET
        status_code = ${to}::int,
        body = '{"StatusCode":' || ${to}::int || substr(d.body, strpos(d.body, ',')),
        error_message = CASE WHEN ${setsError}::boolean THEN ${errorMessage}::text ELSE d.error_message END,
        version = d.version + 1,
        updated_at = now()
      FROM locked
      WHERE d.key = locked.key AND (
        CASE WHEN ${change.onlyIncrease ?? false}::boolean THEN locked.status_code < ${to}::int
        ELSE locked.status_code <> ${to}::int
          OR (${setsError}::boolean AND locked.error_message IS DISTINCT FROM ${errorMessage}::text) END)
      RETURNING d.key, d.connection_id, d.link_key, d.sender_company_id, d.receiver_company_id, d.error_message,
        locked.status_code AS from_code
    ), history AS (
      INSERT INTO events (company_id, connection_id, document_key, document_type, link_key, sender_id, receiver_id,
        type_id, level, category, actor_kind, actor_id, actor_name, actor_via, summary, details)
      SELECT ${companyId}::int, connection_id, key, ${type}::text, link_key, sender_company_id, receiver_company_id,
        ${event.id}::int, ${event.level}::text, ${event.category}::text,
        ${actorKind}::text, ${actorId}::text, ${actorName}::text, ${actorVia}::text,
        'Status changed from ' || coalesce(names.name, from_code::text) || ' to ' || ${statusName(type, to)}::text,
        coalesce(${details}::text, error_message)
      FROM changed LEFT JOIN json_each_text(${statusNames(type)}::json) AS names (code, name)
        ON names.code = from_code::text
    )
    SELECT key FROM changed ORDER BY key`;
  return rows.map(({ key }) => key);
}

export interface NewEvent {
  companyId: number;
  connectionId?: number;
  documentKey?: number;
  documentType?: DocumentType;
  linkKey?: string;
  senderId?: number;
  receiverId?: number;
  event: EventTypeName;
  /** One line; no personal data and no secret, here and below. */
  summary: string;
  details?: string;
  additional?: object;
}

/**
 * Writes lines of history in one statement; what is missing of the document's own columns is taken from its row.
 * @param by who did it: nothing is written down that nobody did
 */
export async function recordEvents(tx: SqlTx, by: Actor, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const actor = actorColumns(by);
  const rows = events.map((event) => {
    const { id, level, category } = eventTypes[event.event];
    const texts = {
      summary: plainLine(event.summary, LONGEST_SUMMARY),
      ...(event.details === undefined ? {} : { details: plainLines(event.details, LONGEST_DETAILS) }),
    };
    return { ...event, ...texts, typeId: id, level, category, ...actor };
  });
  await tx.$executeRaw`
    INSERT INTO events (company_id, connection_id, document_key, document_type, link_key, sender_id, receiver_id,
      type_id, level, category, summary, details, additional, actor_kind, actor_id, actor_name, actor_via)
    SELECT given."companyId", coalesce(given."connectionId", d.connection_id), given."documentKey",
      coalesce(given."documentType", d.type), coalesce(given."linkKey", d.link_key),
      coalesce(given."senderId", d.sender_company_id), coalesce(given."receiverId", d.receiver_company_id),
      given."typeId", given.level, given.category, given.summary, given.details, given.additional,
      given."actorKind", given."actorId", given."actorName", given."actorVia"
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("companyId" int, "connectionId" int,
      "documentKey" int, "documentType" text, "linkKey" text, "senderId" int, "receiverId" int, "typeId" int,
      level text, category text, summary text, details text, additional jsonb, "actorKind" text, "actorId" text,
      "actorName" text, "actorVia" text)
    LEFT JOIN documents d ON d.key = given."documentKey" AND d.company_id = given."companyId"`;
}

function statusNames(type: DocumentType): string {
  return JSON.stringify(Object.fromEntries(statuses[type].map(({ code, name }) => [String(code), name])));
}

/** Reading works on the client and inside a transaction alike. */
function client(db: Database | Tx): Tx {
  return 'prisma' in db ? db.prisma : db;
}
