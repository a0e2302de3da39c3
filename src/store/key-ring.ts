import type { Sealer } from './secrets.js';
import type { Tx } from './database.js';

/**
 * Which key seals, when several processes run that may not know the same ones: processes say which keys they know, and each
 * seals with the first of its own that all of them know. So a key is replaced by restarts in any order: the new one seals
 * once the last process has it.
 */

/** First half of the advisory lock. */
const LOCK = 7_201_131;
/** Longer than a process is silent while it lives: it speaks every 20 s. */
const SILENT_SECONDS = 90;

/** A process, and the keys that it knows. */
export interface KeyHolder {
  id: string;
  /** For people. */
  name: string;
  keyIds: readonly string[];
}

/**
 * The key that seals in this transaction. Until its end no process that knows fewer keys joins.
 * @returns the first key of this process that every running process knows; its first one where there is none
 */
export async function sealingKey(tx: Tx, sealer: Pick<Sealer, 'keyIds'>): Promise<string> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${LOCK}::int, 0)::text`;
  const holders = await liveHolders(tx);
  return firstCommon(sealer.keyIds, holders) ?? sealer.keyIds[0];
}

export function firstCommon(
  keyIds: readonly string[],
  holders: readonly Pick<KeyHolder, 'keyIds'>[],
): string | undefined {
  return keyIds.find((id) => holders.every((holder) => holder.keyIds.includes(id)));
}

/** Nobody seals and nobody else joins until the transaction ends. */
export async function lockKeyRing(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK}::int, 0)::text`;
}

/** Processes that have spoken lately, by name. */
export async function liveHolders(tx: Tx): Promise<KeyHolder[]> {
  return tx.$queryRaw<KeyHolder[]>`
    SELECT id, name, key_ids AS "keyIds" FROM key_holders
    WHERE seen_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}::int) ORDER BY name, id`;
}

/** The process lives, and knows these keys. */
export async function noteHolder(tx: Tx, { id, name, keyIds }: KeyHolder): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO key_holders (id, name, key_ids, seen_at)
    VALUES (${id}, ${name}, ${[...keyIds]}::text[], clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, key_ids = excluded.key_ids, seen_at = excluded.seen_at`;
}

/** The process ends: nobody waits for it to learn a key. */
export async function removeHolder(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM key_holders
    WHERE id = ${id} OR seen_at < clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}::int * 10)`;
}
