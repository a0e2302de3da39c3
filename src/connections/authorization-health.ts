import { systemActor, type Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import type { Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import { markRefused } from './authorization-store.js';
import { listConnections, updateConnection } from './connection-store.js';
import type { ConnectionsDeps } from './connections-deps.js';

/** Who renews access tokens, for whichever flow, effect or page needs one first. */
export const TOKEN_KEEPER = systemActor('access-token', 'service');

/**
 * TikTok refuses an authorisation for good: its connections stop until the seller has consented again. Their flows stand
 * still with everything they know, so nothing is lost.
 * @returns false when newer tokens have been stored since `version`: then nothing was changed
 */
export async function suspendAuthorization(
  tx: Tx,
  which: { authorizationId: number; version: number; reason: string },
): Promise<boolean> {
  const { authorizationId, version, reason } = which;
  if (!(await markRefused(tx, { id: authorizationId, version, reason }))) return false;
  const connections = (await listConnections(tx, { authorizationId })).filter(
    ({ status }) => status === 'active',
  );
  for (const { id } of connections) {
    await updateConnection(tx, id, { status: 'needs_reauthorization', statusReason: reason });
  }
  await recordEvents(
    tx,
    TOKEN_KEEPER,
    connections.map((connection) => ({
      companyId: connection.companyId,
      connectionId: connection.id,
      event: 'connection-needs-reauthorization' as const,
      summary: `${connection.name} has to be authorised again.`,
      details: `${reason} Open the connection and press Connect; its flows go on where they stopped.`,
    })),
  );
  return true;
}

/** New tokens are there: connections that were waiting for them run again, and all their flows are due at once. */
export async function resumeConnections(
  tx: Tx,
  { authorizationId, by }: { authorizationId: number; by: Actor },
  { ensureFlows, clock }: { ensureFlows?: ConnectionsDeps['ensureFlows']; clock: Clock },
): Promise<void> {
  const connections = (await listConnections(tx, { authorizationId })).filter(
    ({ status }) => status === 'needs_reauthorization',
  );
  for (const { id } of connections) {
    await updateConnection(tx, id, { status: 'active', statusReason: null });
    await ensureFlows?.(tx, { connectionId: id, now: clock.now() });
  }
  await recordEvents(
    tx,
    by,
    connections.map((connection) => ({
      companyId: connection.companyId,
      connectionId: connection.id,
      event: 'connection-activated' as const,
      summary: `${connection.name} is authorised again.`,
    })),
  );
}
