import type { Tx } from '../store/database.js';
import { IDS_PER_CALL, type PullDefinition, type PullStep } from '../sync/pull/pull-definition.js';
import { readNow } from '../sync/pull/read-now.js';
import { addCounts } from '../sync/pull/take-page.js';
import type { OrderKind } from './pull-orders-deps.js';

/** Has the next pull of the connection read an order by TikTok's id and decide it anew; whoever calls asks for that pull. */
export async function requestOrder(
  tx: Tx,
  { connectionId, tiktokOrderId }: { connectionId: number; tiktokOrderId: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO order_requests (connection_id, tiktok_order_id, asked_at)
    VALUES (${connectionId}, ${tiktokOrderId}, clock_timestamp())
    ON CONFLICT (connection_id, tiktok_order_id) DO UPDATE SET asked_at = excluded.asked_at`;
}

/** Reads what was asked for. An order that TikTok does not know is forgotten, as whoever has asked can see. */
export async function takeRequested(
  definition: PullDefinition<OrderKind>,
  { deps, source, run, counts }: Parameters<PullStep<OrderKind>>[0],
): Promise<boolean> {
  const { db } = deps;
  const connectionId = source.connection.id;
  for (;;) {
    const asked = await db.prisma.orderRequest.findMany({
      where: { connectionId },
      orderBy: { askedAt: 'asc' },
      take: IDS_PER_CALL,
    });
    if (asked.length === 0) return true;
    const ids = asked.map(({ tiktokOrderId }) => tiktokOrderId);
    const read = await readNow(
      definition,
      { deps, source, now: () => run.now(), by: run.by, again: true },
      ids,
    );
    addCounts(counts, read.counts);
    await db.transaction(async (tx) => {
      await run.guard(tx);
      // What is asked for once more meanwhile is read once more.
      for (const { tiktokOrderId, askedAt } of asked)
        await tx.orderRequest.deleteMany({ where: { connectionId, tiktokOrderId, askedAt } });
    });
    if (run.signal.aborted) return false;
  }
}
