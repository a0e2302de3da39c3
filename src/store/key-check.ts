import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from './database.js';
import { firstCommon, liveHolders, lockKeyRing, noteHolder, type KeyHolder } from './key-ring.js';
import { keysInUse, readSealed, type SealedColumn } from './sealed-columns.js';
import { keyIdOf, type Sealer, type SecretPlace } from './secrets.js';

const CHECK_TEXT = 'this key opens what it has sealed';

interface KeyProblem {
  message: string;
  next: string;
}

interface Ring {
  sealer: Sealer;
  columns: readonly SealedColumn[];
}

/**
 * A process begins: its keys are held against what is stored, and from now on it counts as one that knows them.
 * @throws AppError configuration-invalid when a key is missing that something is sealed with, when a key is another one than
 *   the one of its name that was used before, or when the processes that run know none of its keys
 */
export async function joinKeyRing(
  db: Database,
  { sealer, columns, holder }: Ring & { holder: Omit<KeyHolder, 'keyIds'> },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockKeyRing(tx);
    const [first] = await keyProblems(tx, { sealer, columns });
    if (first) throw new AppError('configuration-invalid', `${first.message} ${first.next}`);
    const others = (await liveHolders(tx)).filter(({ id }) => id !== holder.id);
    if (firstCommon(sealer.keyIds, others) === undefined) {
      throw new AppError(
        'configuration-invalid',
        `ENCRYPTION_KEYS names none of the keys that running processes share (${others.map(({ name, keyIds }) => `${name}: ${keyIds.join(', ')}`).join('; ')}). Keep the old key behind the new one until every process has both.`,
      );
    }
    await noteCheckValues(tx, sealer);
    await noteHolder(tx, { ...holder, keyIds: sealer.keyIds });
  });
}

/** What is wrong with the configured keys, the worst first; what to do beside it. */
export async function keyProblems(tx: Tx, { sealer, columns }: Ring): Promise<KeyProblem[]> {
  const used = await keysInUse(tx, columns);
  const missing = [...used].filter(([id]) => !sealer.keyIds.includes(id));
  const problems: KeyProblem[] = missing.map(([id, count]) => ({
    message: `${count} stored ${count === 1 ? 'secret is' : 'secrets are'} sealed with the key ${JSON.stringify(id)}, which ENCRYPTION_KEYS does not name.`,
    next: `Add that key behind the first one. If it is lost for good, the command forget-key ${id} gives up what it sealed; the sellers then have to authorise again.`,
  }));
  const held = await liveHolders(tx);
  const checks = await tx.encryptionKey.findMany({ orderBy: { id: 'asc' } });
  for (const { id, checkValue } of checks) {
    if (!sealer.keyIds.includes(id) || opens(sealer, id, checkValue)) continue;
    // A key that nothing is sealed with and nobody else uses may be another one from now on.
    if (!used.has(id) && !held.some(({ keyIds }) => keyIds.includes(id))) continue;
    problems.push(anotherKey(id));
  }
  const proved = new Set(checks.map(({ id }) => id));
  for (const id of used.keys()) {
    if (proved.has(id) || !sealer.keyIds.includes(id) || (await opensSomething(tx, { sealer, columns }, id)))
      continue;
    problems.push(anotherKey(id));
  }
  return problems;
}

/** Databases of versions without check values prove a key by what it has sealed; one damaged row proves nothing. */
async function opensSomething(tx: Tx, { sealer, columns }: Ring, keyId: string): Promise<boolean> {
  for (const column of columns) {
    for await (const { place, envelope } of readSealed(tx, column)) {
      if (keyIdOf(envelope) === keyId && canOpen(sealer, envelope, place)) return true;
    }
  }
  return false;
}

function anotherKey(id: string): KeyProblem {
  return {
    message: `The key ${id} in ENCRYPTION_KEYS is not the one of that name that was used here before.`,
    next: `Put the former one back; a new key needs a new name. If it is lost for good, the command forget-key ${id} gives up what it sealed.`,
  };
}

/** Gives a key up: nothing proves any more which one it was. */
export async function forgetCheckValue(tx: Tx, id: string): Promise<void> {
  await tx.encryptionKey.deleteMany({ where: { id } });
}

/** Key ids that something is sealed with and that this process does not know. */
export async function unknownKeys(tx: Tx, { sealer, columns }: Ring): Promise<string[]> {
  return [...(await keysInUse(tx, columns)).keys()].filter((id) => !sealer.keyIds.includes(id));
}

/**
 * Forgets check values of keys that nothing is sealed with and that no running process knows.
 * @returns how many
 */
export async function retireKeys(db: Database, columns: readonly SealedColumn[]): Promise<number> {
  return db.transaction(async (tx) => {
    await lockKeyRing(tx);
    const used = await keysInUse(tx, columns);
    const known = (await liveHolders(tx)).flatMap(({ keyIds }) => keyIds);
    const { count } = await tx.encryptionKey.deleteMany({
      where: { id: { notIn: [...used.keys(), ...known] } },
    });
    return count;
  });
}

async function noteCheckValues(tx: Tx, sealer: Sealer): Promise<void> {
  const kept = await tx.encryptionKey.findMany({ where: { id: { in: [...sealer.keyIds] } } });
  const good = kept.filter(({ id, checkValue }) => opens(sealer, id, checkValue)).map(({ id }) => id);
  for (const id of sealer.keyIds.filter((key) => !good.includes(key))) {
    const checkValue = sealer.seal(CHECK_TEXT, placeOf(id), id);
    await tx.encryptionKey.upsert({ where: { id }, create: { id, checkValue }, update: { checkValue } });
  }
}

function opens(sealer: Sealer, id: string, checkValue: string): boolean {
  return canOpen(sealer, checkValue, placeOf(id));
}

function canOpen(sealer: Sealer, envelope: string, place: SecretPlace): boolean {
  try {
    sealer.open(envelope, place);
    return true;
  } catch {
    return false;
  }
}

function placeOf(id: string): SecretPlace {
  return { table: 'encryption_keys', row: id, column: 'check_value' };
}
