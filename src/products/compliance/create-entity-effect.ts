import type { OpenShop } from '../../connections/open-shop.js';
import type { Database } from '../../store/database.js';
import type { EffectContext, EffectDefinition } from '../../sync/effects/outbox.js';
import { asRefusal, describeError } from '../../sync/effects/tiktok-refusal.js';
import { findEntity, settleEntity, type ComplianceEntity } from './entity-store.js';
import { CREATE_ENTITY, type EntityPayload } from './want-entity.js';

interface EntityDeps {
  db: Database;
  openShop: OpenShop;
}

/** TikTok: Create Manufacturer, Create Responsible Person. TikTok makes a second one of the same content without a word. */
export function complianceEffects(deps: EntityDeps): EffectDefinition[] {
  return [createEntityEffect(deps)] as EffectDefinition[];
}

function createEntityEffect(deps: EntityDeps): EffectDefinition<EntityPayload, { tiktokId: string }> {
  return {
    name: CREATE_ENTITY,
    lane: 'urgent',
    leavesByFence: true,
    // A second one of the same content is a nuisance, and never wrong: products name the one that is kept.
    resendSafe: false,

    async send({ entry, fence }) {
      const entity = await entityOf(deps, entry.payload);
      const { api } = await deps.openShop(entry.connectionId, entry.lane, fence);
      try {
        // The seller, another app, or a lost call of ours may have made it.
        const known = await api.findEntity(entity.content);
        return { tiktokId: known ?? (await api.createEntity(entity.content)) };
      } catch (error) {
        throw asRefusal(error);
      }
    },

    async readBack({ entry }: EffectContext<EntityPayload>) {
      const entity = await entityOf(deps, entry.payload);
      const { api } = await deps.openShop(entry.connectionId, entry.lane);
      const tiktokId = await api.findEntity(entity.content);
      return tiktokId === null ? { state: 'not-done' } : { state: 'done', result: { tiktokId } };
    },

    async settle(tx, { payload }, outcome) {
      const { entityId } = payload;
      if (outcome.state === 'done')
        return settleEntity(tx, entityId, {
          state: 'made',
          tiktokId: outcome.result.tiktokId,
          reason: null,
        });
      const reason = outcome.state === 'refused' ? describeError(outcome.error) : outcome.why;
      return settleEntity(tx, entityId, { state: outcome.state, tiktokId: null, reason });
    },
  };
}

async function entityOf({ db }: EntityDeps, { entityId }: EntityPayload): Promise<ComplianceEntity> {
  const entity = await findEntity(db.prisma, entityId);
  if (!entity) throw new Error(`There is no compliance entity ${entityId}`);
  return entity;
}
