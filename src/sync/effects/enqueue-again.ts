import type { Tx } from '../../store/database.js';
import { enqueueEffects, type NewEffect } from './outbox.js';

/**
 * Asks for an effect that TikTok may have refused before. Asked for again after a refusal it is an effect of its own (its
 * key counts on: `<naturalKey>.1`, `.2`, ...); in any other state it is the same effect, which stays as it is. The caller
 * holds the lock of what the effect is about.
 * @returns outbox entry to wake after the commit
 */
export async function enqueueAgain(tx: Tx, wanted: NewEffect): Promise<bigint> {
  const [id] = await enqueueAllAgain(tx, [wanted]);
  return id!;
}

/** The same for many: as many statements as the one that was refused most often has refusals. @returns for each in its order */
export async function enqueueAllAgain(tx: Tx, wanted: readonly NewEffect[]): Promise<bigint[]> {
  const ids: bigint[] = [];
  let open = wanted.map((effect, index) => ({ effect, index }));
  for (let time = 1; open.length > 0; time++) {
    const asked = await enqueueEffects(
      tx,
      open.map(({ effect }) => ({ ...effect, naturalKey: `${effect.naturalKey}.${time}` })),
    );
    open = open.filter(({ index }, nth) => {
      const { id, created, state } = asked[nth]!;
      ids[index] = id;
      return !created && state === 'refused';
    });
  }
  return ids;
}
