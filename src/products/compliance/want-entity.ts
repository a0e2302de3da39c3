import type { ActiveConnection } from '../../connections/connection.js';
import type { ComplianceContent } from '../../domain/listing.js';
import type { Tx } from '../../store/database.js';
import { enqueueAgain } from '../../sync/effects/enqueue-again.js';
import { keepEntity, settleEntity, type ComplianceEntity } from './entity-store.js';

/** Name of the effect; what it does is in create-entity-effect.ts. */
export const CREATE_ENTITY = 'create-compliance-entity';

export interface EntityPayload {
  entityId: number;
}

/**
 * Sees to it that TikTok has a manufacturer or responsible person with this content: once, however often it is wanted. One that TikTok
 * has refused is asked for again.
 * @returns the entity, and the outbox entry to wake after the commit; null where there is nothing to do
 */
export async function wantEntity(
  tx: Tx,
  { id: connectionId, companyId }: Pick<ActiveConnection, 'id' | 'companyId'>,
  content: ComplianceContent,
  now: Date,
): Promise<{ entity: ComplianceEntity; entryId: bigint | null }> {
  const entity = await keepEntity(tx, { connectionId, companyId, content, now });
  if (entity.state === 'made' || entity.state === 'needs_person') return { entity, entryId: null };
  const payload: EntityPayload = { entityId: entity.id };
  const entryId = await enqueueAgain(tx, {
    companyId,
    connectionId,
    effect: CREATE_ENTITY,
    naturalKey: String(entity.id),
    // Two of one kind at a time would not find each other.
    orderingKey: `${content.kind}s of shop ${connectionId}`,
    payload,
    lane: 'urgent',
  });
  if (entity.state === 'refused')
    await settleEntity(tx, entity.id, { state: 'pending', tiktokId: null, reason: null });
  return { entity, entryId };
}
