import { findConnection } from '../../connections/connection-store.js';
import { readerOf } from '../../store/bulk-reader.js';
import type { Database } from '../../store/database.js';
import type { Clock } from '../../kernel/time.js';
import { readCounting } from './counting.js';
import type { ExpectPush } from './expected-push.js';
import type { PreviewPush } from '../inventory-deps.js';
import { readUndecided } from './push-items.js';
import { judge, type Judgement } from '../rules/push-plan.js';
import { shopFactsOf, targetOf } from './push-state.js';

/**
 * What the next push would do with a connection's items as a transaction sees them, decided by the gates of the push:
 * how many quantities and prices it would send, how many are in TikTok already, and of how many items a value would not be sent
 * (`notSent`), also by gate (`notSent.matched`: they are not matched).
 * `calls` and `seconds`: what the longer of the two kinds of calls is expected to take.
 */
export function previewPush({
  db,
  clock,
  expectPush,
}: {
  db: Database;
  clock: Clock;
  expectPush?: ExpectPush;
}): PreviewPush {
  return async (tx, connectionId) => {
    const connection = await findConnection(db.prisma, { id: connectionId });
    const counts: Record<string, number> = { quantities: 0, prices: 0, unchanged: 0 };
    if (!connection || connection.shopId === null || connection.shopRegion === null) return counts;
    const { shopId, shopRegion } = connection;
    const counting = await readCounting(readerOf(tx), connectionId);
    const options = { now: clock.now(), counting, ordersRead: true };
    const shop = await shopFactsOf(db.prisma, { ...connection, shopId, shopRegion }, options);
    const target = targetOf({ ...connection, shopId });
    for await (const facts of readUndecided(tx, { target, shop })) {
      for (const judgement of facts.map(judge)) count(counts, judgement);
    }
    const expected = await expectPush?.within(tx, connectionId);
    if (expected) Object.assign(counts, { calls: expected.calls, seconds: expected.seconds });
    return counts;
  };
}

function count(counts: Record<string, number>, { stock, price }: Judgement): void {
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  if (stock.kind === 'send') add('quantities');
  if (price.kind === 'send') add('prices');
  if (stock.kind !== 'send' && price.kind !== 'send' && stock.kind !== 'blocked' && price.kind !== 'blocked')
    add('unchanged');
  const gates = [stock, price].flatMap((part) => (part.kind === 'blocked' ? part.obstacle.gate : []));
  // By the name of a rule alone one would take it for what it has let pass.
  if (gates.length > 0) add('notSent');
  for (const gate of new Set(gates)) add(`notSent.${gate}`);
}
