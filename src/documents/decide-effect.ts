import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import { decideWaiting, type WaitingDecision } from '../sync/effects/waiting-effects.js';
import type { EffectRegistry } from '../sync/effects/outbox.js';
import { recordEvents } from './document-store.js';

interface DecideDeps {
  db: Database;
  clock: Clock;
  effects: EffectRegistry;
}

const histories: Record<WaitingDecision['decision'], string> = {
  ask: 'A person has TikTok asked once more what became of it',
  done: 'A person has found it in TikTok: it counts as done',
  'not-done': 'A person has found that TikTok does not have it: it counts as refused',
  'send-again': 'A person has found that TikTok does not have it: it is sent again',
};

/**
 * A person decides about an effect that waits for one, which stands in the history of its document. Wake the queue
 * afterwards.
 * @throws AppError not-found; conflict when it does not wait for a person (any more)
 */
export async function decideEffect(
  { db, clock, effects }: DecideDeps,
  { companyId, id, by }: { companyId: number; id: bigint; by: Actor },
  decision: WaitingDecision,
): Promise<void> {
  allow(by, 'operate', companyId);
  await db.transaction(async (tx) => {
    const which = { companyId, id, now: clock.now(), by };
    const { effect, connectionId, documentKey } = await decideWaiting(tx, effects, which, decision);
    await recordEvents(tx, by, [
      {
        companyId,
        ...(connectionId === null ? {} : { connectionId }),
        ...(documentKey === null ? {} : { documentKey }),
        event: 'decided-by-hand',
        summary: `${histories[decision.decision]} (${effect}).`,
        ...(decision.decision === 'not-done' ? { details: decision.reason } : {}),
      },
    ]);
    await audit(tx, by, [
      {
        action: 'effect.decided',
        subject: `effect ${id} (${effect})`,
        companyId,
        connectionId,
        // Without the reason: people write names into it.
        after: { decision: decision.decision, documentKey },
      },
    ]);
  });
}
