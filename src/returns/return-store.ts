import type { Shop } from '../orders/order-store.js';
import { Prisma, type Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import { returnOf, type ReturnAnswer, type ReturnRecord } from './return-record.js';
import type { BuyersWords, ReturnLine, ReturnStage } from '../domain/return.js';
import type { AnswerStep } from '../domain/return-answer.js';

/** What is needed to see that an answer of TikTok's brings nothing new. */
export interface ReturnVersion {
  returnId: string;
  connectionId: number;
  stage: ReturnStage;
  tiktokUpdatedAt: Date;
  readAt: Date;
  documentKey: number | null;
  hasWords: boolean;
}

export async function findReturnVersions(
  tx: Tx,
  { environment, shopId }: Shop,
  returnIds: readonly string[],
): Promise<Map<string, ReturnVersion>> {
  const rows = await tx.$queryRaw<ReturnVersion[]>`
    SELECT return_id AS "returnId", connection_id AS "connectionId", stage, tiktok_updated_at AS "tiktokUpdatedAt",
      read_at AS "readAt", document_key AS "documentKey", personal IS NOT NULL OR wiped_at IS NOT NULL AS "hasWords"
    FROM returns
    WHERE environment = ${environment} AND shop_id = ${shopId} AND return_id = ANY(${returnIds}::text[])`;
  return new Map(rows.map((row) => [row.returnId, row]));
}

/** Until the transaction ends nobody else takes in requests of this shop, so that none is made a document of twice. */
export async function lockShopReturns(tx: Tx, { environment, shopId }: Shop): Promise<void> {
  const name = `returns ${environment} ${shopId}`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** Records by TikTok's id, locked in ascending order of ours. */
export async function lockReturns(
  tx: Tx,
  { environment, shopId }: Shop,
  returnIds: readonly string[],
): Promise<Map<string, ReturnRecord>> {
  const records = await lockWhere(
    tx,
    Prisma.sql`r.environment = ${environment} AND r.shop_id = ${shopId} AND r.return_id = ANY(${returnIds}::text[])`,
  );
  return new Map(records.map((record) => [record.shown.returnId, record]));
}

/** By the keys of their documents: everybody who changes a request or its document starts here. */
export async function lockReturnsByDocuments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<ReturnRecord[]> {
  return lockWhere(tx, byDocuments(companyId, keys));
}

export async function findReturnsByDocuments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<ReturnRecord[]> {
  return selectReturns(tx, byDocuments(companyId, keys));
}

function byDocuments(companyId: number, keys: readonly number[]): Prisma.Sql {
  return Prisma.sql`r.company_id = ${companyId} AND r.document_key = ANY(${keys}::int[])`;
}

/** By TikTok's id; one company may have it in more than one shop. */
export async function findReturnsByTiktokId(
  tx: Tx,
  { companyId, returnId }: { companyId: number; returnId: string },
): Promise<ReturnRecord[]> {
  return selectReturns(tx, Prisma.sql`r.company_id = ${companyId} AND r.return_id = ${returnId}`);
}

export async function findReturnsOfOrder(
  tx: Tx,
  { companyId, tiktokOrderId }: { companyId: number; tiktokOrderId: string },
): Promise<ReturnRecord[]> {
  return selectReturns(tx, Prisma.sql`r.company_id = ${companyId} AND r.tiktok_order_id = ${tiktokOrderId}`);
}

export async function findReturn(tx: Tx, id: bigint): Promise<ReturnRecord | null> {
  const [record] = await selectReturns(tx, Prisma.sql`r.id = ${id}`);
  return record ?? null;
}

/** For the rest of the transaction. */
export async function lockReturn(tx: Tx, id: bigint): Promise<ReturnRecord | null> {
  const [record] = await lockWhere(tx, Prisma.sql`r.id = ${id}`);
  return record ?? null;
}

/** Locks without reading first: only the next statement sees what the one that was waited for has written. */
async function lockWhere(tx: Tx, where: Prisma.Sql): Promise<ReturnRecord[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT r.id FROM returns r WHERE ${where} ORDER BY r.id FOR UPDATE`;
  const ids = rows.map(({ id }) => String(id));
  return ids.length === 0 ? [] : selectReturns(tx, Prisma.sql`r.id = ANY(${ids}::bigint[])`);
}

interface SelectedReturn extends Omit<ReturnRecord, 'shown' | 'answers'> {
  data: unknown;
  answers: (Omit<ReturnAnswer, 'askedAt'> & { askedAt: string })[];
}

async function selectReturns(tx: Tx, where: Prisma.Sql): Promise<ReturnRecord[]> {
  const rows = await tx.$queryRaw<SelectedReturn[]>`
    SELECT r.id, r.company_id AS "companyId", r.connection_id AS "connectionId", r.state, r.gate,
      r.gate_reason AS "gateReason", r.document_key AS "documentKey", r.read_at AS "readAt", r.data, r.lines,
      r.personal AS words, r.wiped_at AS "wipedAt", r.ordered_at AS "orderedAt",
      coalesce((SELECT json_agg(json_build_object('step', a.step, 'decision', a.decision,
        'contentHash', a.content_hash, 'state', a.state, 'reason', a.reason, 'askedAt', a.asked_at) ORDER BY a.step)
        FROM return_answers a WHERE a.return_key = r.id), '[]') AS answers
    FROM returns r WHERE ${where} ORDER BY r.id`;
  return rows.map(({ data, answers, ...row }) => ({
    ...row,
    shown: returnOf(data),
    answers: answers.map((answer) => ({ ...answer, askedAt: new Date(answer.askedAt) })),
  }));
}

/** One row of `returns`, as it goes to the database. */
export interface ReturnRow {
  /** Null for a new request. */
  id: string | null;
  companyId: number;
  connectionId: number;
  environment: string;
  shopId: string;
  returnId: string;
  tiktokOrderId: string;
  type: string;
  stage: string;
  tiktokCreatedAt: Date;
  tiktokUpdatedAt: Date;
  readAt: Date;
  state: string;
  gate: string | null;
  gateReason: string | null;
  documentKey: number | null;
  nextAction: string | null;
  answerBy: Date | null;
  orderedAt: Date | null;
  data: object;
  lines: readonly ReturnLine[];
  words: BuyersWords | null;
}

/** Stores requests in one statement: new ones are added, held ones (locked by the caller) overwritten. */
export async function saveReturns(tx: Tx, rows: readonly ReturnRow[]): Promise<void> {
  if (rows.length === 0) return;
  const facts = rows.map(({ data: _data, lines: _lines, words: _words, id: _id, ...row }, index) => ({
    ...row,
    nth: index + 1,
  }));
  const data = jsonTexts(rows.map((row) => JSON.stringify(row.data)));
  const lines = jsonTexts(rows.map((row) => JSON.stringify(row.lines)));
  const words = jsonTexts(rows.map((row) => row.words && JSON.stringify(row.words)));
  await tx.$executeRaw`
    INSERT INTO returns (company_id, connection_id, environment, shop_id, return_id, tiktok_order_id, type, stage,
      tiktok_created_at, tiktok_updated_at, read_at, state, gate, gate_reason, document_key, next_action, answer_by,
      ordered_at, data, lines, personal)
    SELECT "companyId", "connectionId", environment, "shopId", "returnId", "tiktokOrderId", type, stage,
      "tiktokCreatedAt", "tiktokUpdatedAt", "readAt", state, gate, "gateReason", "documentKey", "nextAction",
      "answerBy", "orderedAt", texts.data::jsonb, texts.lines::jsonb, texts.words::jsonb
    FROM json_to_recordset(${JSON.stringify(facts)}::json) AS given (nth int, "companyId" int, "connectionId" int,
      environment text, "shopId" text, "returnId" text, "tiktokOrderId" text, type text, stage text,
      "tiktokCreatedAt" timestamptz, "tiktokUpdatedAt" timestamptz, "readAt" timestamptz, state text, gate text,
      "gateReason" text, "documentKey" int, "nextAction" text, "answerBy" timestamptz, "orderedAt" timestamptz)
    JOIN unnest(${data}, ${lines}, ${words}) WITH ORDINALITY AS texts (data, lines, words, nth) USING (nth)
    ON CONFLICT (environment, shop_id, return_id) DO UPDATE SET
      company_id = excluded.company_id, connection_id = excluded.connection_id, type = excluded.type,
      stage = excluded.stage, tiktok_updated_at = excluded.tiktok_updated_at, read_at = excluded.read_at,
      state = excluded.state, gate = excluded.gate, gate_reason = excluded.gate_reason,
      document_key = excluded.document_key, next_action = excluded.next_action, answer_by = excluded.answer_by,
      ordered_at = excluded.ordered_at, data = excluded.data, lines = excluded.lines,
      personal = CASE WHEN returns.wiped_at IS NULL THEN excluded.personal END,
      updated_at = now()`;
}

/** Nothing is asked of the seller any more, as TikTok will show when it is read again. */
export async function clearNextAction(tx: Tx, id: bigint): Promise<void> {
  await tx.return.update({ where: { id }, data: { nextAction: null, answerBy: null } });
}

/** A new answer, or one that TikTok refused and that is given again. The caller holds the request's lock. */
export async function saveAnswer(tx: Tx, returnKey: bigint, answer: ReturnAnswer): Promise<void> {
  const { step, ...data } = answer;
  await tx.returnAnswer.upsert({
    where: { returnKey_step: { returnKey, step } },
    create: { returnKey, step, ...data },
    update: data,
  });
}

export async function settleAnswer(
  tx: Tx,
  { returnKey, step }: { returnKey: bigint; step: AnswerStep },
  outcome: Pick<ReturnAnswer, 'state' | 'reason'>,
): Promise<void> {
  await tx.returnAnswer.update({ where: { returnKey_step: { returnKey, step } }, data: outcome });
}
