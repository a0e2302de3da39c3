import { keyIdOf, type Sealer } from './secrets.js';
import { sealingKey } from './key-ring.js';
import { Prisma, type Database, type Tx } from './database.js';

/** A column of envelopes, with the column that names its rows in `SecretPlace.row`. Each area lists its own. */
export interface SealedColumn {
  table: string;
  column: string;
  row: string;
}

interface SealedValue {
  place: { table: string; row: string; column: string };
  envelope: string;
}

const BATCH = 500;

/** All envelopes of a column, in small bites. Tables of secrets are short. */
export async function* readSealed(db: Tx, { table, column, row }: SealedColumn): AsyncGenerator<SealedValue> {
  for (let offset = 0; ; offset += BATCH) {
    const found = await db.$queryRaw<{ id: string; envelope: string }[]>(Prisma.sql`
      SELECT ${name(row)}::text AS id, ${name(column)} AS envelope FROM ${name(table)}
      WHERE ${name(column)} IS NOT NULL ORDER BY ${name(row)} LIMIT ${BATCH}::int OFFSET ${offset}::int`);
    for (const { id, envelope } of found) yield { place: { table, row: id, column }, envelope };
    if (found.length < BATCH) return;
  }
}

/** Names of the keys that something is sealed with, and how much. */
export async function keysInUse(db: Tx, columns: readonly SealedColumn[]): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const { table, column } of columns) {
    const rows = await db.$queryRaw<{ id: string; count: number }[]>(Prisma.sql`
      SELECT split_part(${name(column)}, '.', 2) AS id, count(*)::int AS count FROM ${name(table)}
      WHERE ${name(column)} IS NOT NULL GROUP BY 1`);
    for (const { id, count } of rows) used.set(id, (used.get(id) ?? 0) + count);
  }
  return used;
}

/**
 * Seals what was sealed with another key than the one that seals now, so that the older key can be taken out of the
 * configuration. Safe while secrets change: a value that is another one meanwhile is left alone. What cannot be opened here
 * is left to a process that can.
 * @returns how many values were sealed anew
 */
export async function reseal(
  db: Database,
  sealer: Sealer,
  columns: readonly SealedColumn[],
): Promise<number> {
  let changed = 0;
  for (const column of columns) {
    for await (const { place, envelope } of readSealed(db.prisma, column)) {
      const keyId = keyIdOf(envelope);
      if (keyId === null || !sealer.keyIds.includes(keyId)) continue;
      changed += await db.transaction((tx) => resealOne(tx, sealer, { column, place, envelope }));
    }
  }
  return changed;
}

async function resealOne(
  tx: Tx,
  sealer: Sealer,
  { column, place, envelope }: SealedValue & { column: SealedColumn },
): Promise<number> {
  const keyId = await sealingKey(tx, sealer);
  if (keyId === keyIdOf(envelope)) return 0;
  const fresh = sealer.seal(sealer.open(envelope, place), place, keyId);
  return tx.$executeRaw(Prisma.sql`
    UPDATE ${name(column.table)} SET ${name(column.column)} = ${fresh}
    WHERE ${name(column.row)}::text = ${place.row} AND ${name(column.column)} = ${envelope}`);
}

/** Names come from the program's own lists. */
function name(identifier: string): Prisma.Sql {
  return Prisma.raw(`"${identifier}"`);
}
