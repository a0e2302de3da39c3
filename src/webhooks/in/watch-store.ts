import { Prisma, type Tx } from '../../store/database.js';

/** How a connection stands with TikTok's webhooks. */
export interface WebhookWatch {
  /** `off`: nothing that TikTok could reach; `refused`: TikTok takes the address not; `elsewhere`: another one is set. */
  state: 'registered' | 'off' | 'refused' | 'elsewhere';
  reason: string | null;
  /** The last one that was registered for it. */
  address: string | null;
  registeredAt: Date | null;
  receivedAt: Date | null;
  /** Since when orders come that no webhook has told of. */
  silentSince: Date | null;
}

export async function findWatch(tx: Tx, connectionId: number): Promise<WebhookWatch | null> {
  const row = await tx.webhookWatch.findUnique({ where: { connectionId } });
  if (!row) return null;
  const { connectionId: _, state, ...watch } = row;
  return { ...watch, state: state as WebhookWatch['state'] };
}

export async function saveWatch(
  tx: Tx,
  connectionId: number,
  change: Pick<WebhookWatch, 'state' | 'reason'> & Partial<Pick<WebhookWatch, 'address' | 'registeredAt'>>,
): Promise<void> {
  await tx.webhookWatch.upsert({
    where: { connectionId },
    create: { connectionId, ...change },
    update: change,
  });
}

/** A webhook of these connections has come, also where its address was set by hand. */
export async function noteReceived(tx: Tx, connectionIds: readonly number[], now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO webhook_watches (connection_id, state, received_at)
    SELECT id, 'off', ${now}::timestamptz FROM unnest(${connectionIds}::int[]) AS id ORDER BY id
    ON CONFLICT (connection_id) DO UPDATE SET received_at = GREATEST(webhook_watches.received_at, EXCLUDED.received_at)
    WHERE webhook_watches.received_at IS NULL
      OR webhook_watches.received_at < EXCLUDED.received_at - interval '1 second'`;
}

export async function setSilentSince(tx: Tx, connectionId: number, since: Date | null): Promise<void> {
  await tx.webhookWatch.update({ where: { connectionId }, data: { silentSince: since } });
}

/** Open connections by environment and shop. */
export async function connectionsOfShops(
  tx: Tx,
  shops: readonly { environment: string; shopId: string }[],
): Promise<{ id: number; companyId: number; environment: string; shopId: string }[]> {
  return tx.$queryRaw(Prisma.sql`
    SELECT c.id, c.company_id AS "companyId", c.environment, c.shop_id AS "shopId" FROM connections c
    JOIN unnest(${shops.map(({ environment }) => environment)}::text[], ${shops.map(({ shopId }) => shopId)}::text[])
      AS wanted(environment, shop_id) ON wanted.environment = c.environment AND wanted.shop_id = c.shop_id
    WHERE c.status <> 'closed'`);
}
