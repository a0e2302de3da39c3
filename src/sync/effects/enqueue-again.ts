import type { Tx } from '../../store/database.js';
import { enqueueEffect, type NewEffect } from './outbox.js';

/**
 * Asks for an effect that TikTok may have refused before. Asked for again after a refusal it is an effect of its own (its
 * key counts on: `<naturalKey>.1`, `.2`, ...); in any other state it is the same effect, which stays as it is. The caller
 * holds the lock of what the effect is about.
 * @returns outbox entry to wake after the commit
 */
export async function enqueueAgain(tx: Tx, { naturalKey, ...wanted }: NewEffect): Promise<bigint> {
  for (let time = 1; ; time++) {
    const { id, created, state } = await enqueueEffect(tx, {
      ...wanted,
      naturalKey: `${naturalKey}.${time}`,
    });
    if (created || state !== 'refused') return id;
  }
}
