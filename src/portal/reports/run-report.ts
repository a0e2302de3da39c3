import type { CallSummary } from '../../kernel/call-log.js';
import { Prisma, type Tx } from '../../store/database.js';

export interface RunRow {
  id: bigint;
  flow: string;
  connectionId: number | null;
  companyId: number;
  startedAt: Date;
  finishedAt: Date | null;
  outcome: string;
  counts: Record<string, number>;
  error: string | null;
  windowFrom: Date | null;
  windowTo: Date | null;
  /** Its calls to TikTok; null: it made none, or is of an older version. */
  calls: CallSummary | null;
}

interface RunFilter {
  connectionIds: readonly number[];
  flow: string;
  outcome: string;
  /** Only what began before this run, whose time and id it names: `<milliseconds>-<id>`. */
  after: string;
  limit: number;
}

const columns = Prisma.sql`r.id, f.name AS flow, f.connection_id AS "connectionId", r.company_id AS "companyId",
  r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.outcome, r.counts, r.error,
  r.window_from AS "windowFrom", r.window_to AS "windowTo", r.calls`;

/** Runs of the flows of these shops, the newest first. Each flow gives as many as could be on the page, by its index. */
export async function runRows(
  tx: Tx,
  { connectionIds, flow, outcome, after, limit }: RunFilter,
): Promise<RunRow[]> {
  const [, ms = '', id = ''] = /^(\d{10,15})-(\d{1,18})$/.exec(after) ?? [];
  const behind =
    ms === ''
      ? Prisma.empty
      : Prisma.sql`AND (r.started_at, r.id) < (${new Date(Number(ms))}::timestamptz, ${BigInt(id)})`;
  const ofFlow = flow === '' ? Prisma.empty : Prisma.sql`AND f.name = ${flow}`;
  const withOutcome = outcome === '' ? Prisma.empty : Prisma.sql`AND r.outcome = ${outcome}`;
  return tx.$queryRaw<RunRow[]>`
    SELECT page.* FROM flows f CROSS JOIN LATERAL (
      SELECT ${columns} FROM runs r WHERE r.flow_id = f.id ${behind} ${withOutcome}
      ORDER BY r.started_at DESC, r.id DESC LIMIT ${limit}::int
    ) page WHERE f.connection_id = ANY(${[...connectionIds]}::int[]) ${ofFlow}
    ORDER BY page."startedAt" DESC, page.id DESC LIMIT ${limit}::int`;
}

export function cursorOf({ startedAt, id }: RunRow): string {
  return `${startedAt.getTime()}-${id}`;
}

/** Null: there is no such run in these companies. */
export async function findRun(tx: Tx, companyIds: readonly number[], id: bigint): Promise<RunRow | null> {
  const [row] = await tx.$queryRaw<RunRow[]>`
    SELECT ${columns} FROM runs r JOIN flows f ON f.id = r.flow_id
    WHERE r.id = ${id} AND r.company_id = ANY(${[...companyIds]}::int[])`;
  return row ?? null;
}

/** The last run of each flow, by the flow's id. */
export async function lastCounts(
  tx: Tx,
  flowIds: readonly bigint[],
): Promise<Map<bigint, Record<string, number>>> {
  const rows = await tx.$queryRaw<{ flowId: bigint; counts: Record<string, number> }[]>`
    SELECT f.id AS "flowId", r.counts FROM unnest(${[...flowIds]}::bigint[]) AS f (id) CROSS JOIN LATERAL (
      SELECT counts FROM runs WHERE flow_id = f.id ORDER BY started_at DESC LIMIT 1) r`;
  return new Map(rows.map(({ flowId, counts }) => [flowId, counts]));
}
