import type { Actor } from '../../companies/actor.js';
import type { ActiveConnection } from '../../connections/connection.js';
import { recordEvents } from '../../documents/document-store.js';
import { MINUTE_MS } from '../../kernel/time.js';
import { newestOrderSince } from '../../orders/order-store.js';
import type { Database } from '../../store/database.js';
import { findWatch, setSilentSince } from './watch-store.js';

/** TikTok sends an event again after 2 minutes and half an hour: by then one of the first two has come. */
const PATIENCE_MS = 40 * MINUTE_MS;

/**
 * Compares what polling has found with what was told: each new order is told of, so that one that was placed after the last
 * webhook, and long enough ago, was not. Says so once, and once more when webhooks come again.
 */
export async function noteSilence(
  { db, now, by }: { db: Database; now: Date; by: Actor },
  { id: connectionId, companyId, name }: ActiveConnection,
): Promise<void> {
  const watch = await findWatch(db.prisma, connectionId);
  if (watch?.state !== 'registered' || !watch.registeredAt) return;
  const lastHeard = Math.max(watch.registeredAt.getTime(), watch.receivedAt?.getTime() ?? 0);
  const newest =
    (await newestOrderSince(db.prisma, { connectionId, since: new Date(lastHeard) }))?.getTime() ?? 0;
  const isSilent = newest > lastHeard && now.getTime() - newest > PATIENCE_MS;
  if (isSilent === (watch.silentSince !== null)) return;
  await db.transaction(async (tx) => {
    await setSilentSince(tx, connectionId, isSilent ? new Date(lastHeard) : null);
    await recordEvents(tx, by, [
      isSilent
        ? {
            companyId,
            connectionId,
            event: 'webhooks-silent',
            summary: `TikTok's webhooks for ${name} have gone silent.`,
            details:
              `Orders come that no webhook has told of; the last one came at ${new Date(lastHeard).toISOString()}. Nothing is ` +
              'lost, it only comes later: see whether PUBLIC_URL is reached from outside, and run doctor.',
          }
        : {
            companyId,
            connectionId,
            event: 'webhooks-back',
            summary: `TikTok's webhooks for ${name} come again.`,
          },
    ]);
  });
}
