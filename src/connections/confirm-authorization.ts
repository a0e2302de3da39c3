import { recordEvents } from '../documents/document-store.js';
import { TOKEN_KEEPER } from './authorization-health.js';
import { lockConnection, updateConnection } from './connection-store.js';
import type { ConnectionsDeps } from './connections-deps.js';
import { getShops } from './shops.js';

/**
 * Asks TikTok whether the seller's consent still covers the connection's shop, and stops the connection when it does not: somebody has
 * said so who cannot be believed alone. Dead tokens stop it in the call itself.
 * @throws AppError needs-reauthorization, TikTokError
 */
export async function confirmAuthorization(deps: ConnectionsDeps, connectionId: number): Promise<void> {
  const shops = await getShops(deps, { connectionId });
  await deps.db.transaction(async (tx) => {
    const { name, companyId, shopId, status } = await lockConnection(tx, { id: connectionId });
    if (status !== 'active' || shops.some(({ id }) => id === shopId)) return;
    const reason = "The seller's consent does not cover this shop any more.";
    await updateConnection(tx, connectionId, { status: 'needs_reauthorization', statusReason: reason });
    await recordEvents(tx, TOKEN_KEEPER, [
      {
        companyId,
        connectionId,
        event: 'connection-needs-reauthorization',
        summary: `${name} has to be authorised again.`,
        details: `${reason} Open the connection and press Connect; its flows go on where they stopped.`,
      },
    ]);
  });
}
