import type { Actor } from '../companies/actor.js';
import { DECIDE_BY_HAND } from '../sync/effects/decide-by-hand.js';
import type { EffectOutcome } from '../sync/effects/outbox.js';
import { describeError } from '../sync/effects/tiktok-refusal.js';
import type { Tx } from '../store/database.js';
import { changeStatus, recordEvents, type NewEvent } from './document-store.js';
import { refreshDocuments, type Renderer } from './rerender.js';

/** What went wrong with something that a document asked of TikTok. */
export interface Trouble {
  /** `in_doubt`: only a person can tell whether TikTok has done it. */
  state: 'refused' | 'in_doubt';
  /** Why TikTok does not do it, or why nobody knows. */
  reason: string;
}

/** Of an effect that has ended, but is not done. */
export function troubleOf(outcome: Exclude<EffectOutcome<unknown>, { state: 'done' }>): Trouble {
  return outcome.state === 'refused'
    ? { state: 'refused', reason: describeError(outcome.error) }
    : { state: 'in_doubt', reason: outcome.why };
}

/** What the status call says of a step that went wrong; null for any other. */
export function errorOf({ state, reason }: { state: string; reason: string | null }): string | null {
  const why = reason ?? 'No reason was given.';
  if (state === 'refused') return why;
  return state === 'in_doubt' ? `In doubt: ${why} ${DECIDE_BY_HAND}` : null;
}

/** For the history of a document that told of a refusal before. */
export const OVERTAKEN =
  'TikTok shows it although it was told as refused: a call arrived late, or it was done in TikTok Seller Center.';

/** Where a document stands after an effect. */
export interface DocumentStanding {
  /** Null: the status stays. */
  to: number | null;
  errorMessage: string | null;
}

/**
 * The document's side of an effect that has ended, the same for every kind: its history, its status with the reason, and
 * its text. The kind's own rows are written before, under the locks that `Renderer.lock` names, which the caller holds.
 */
export async function settleDocument(
  tx: Tx,
  renderer: Renderer,
  document: { companyId: number; key: number },
  { by, standing, events }: { by: Actor; standing: DocumentStanding; events: readonly NewEvent[] },
): Promise<void> {
  const { companyId, key } = document;
  const { to, errorMessage } = standing;
  await recordEvents(tx, by, events);
  const { type } = renderer;
  if (to !== null) await changeStatus(tx, { companyId, keys: [key], type, to, errorMessage, by });
  await refreshDocuments(tx, renderer, { companyId, keys: [key] });
}
