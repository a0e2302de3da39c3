import { Prisma } from './database.js';

/** ASCII "record separator": JSON escapes control characters, so no JSON text holds it. */
const SEPARATOR = '\u001e';

/**
 * Large JSON texts of many rows as an SQL `text[]`; null becomes NULL. As members of a JSON parameter they would be
 * escaped, parsed and copied several times on their way into the column, which costs more than storing them.
 */
export function jsonTexts(texts: readonly (string | null)[]): Prisma.Sql {
  const joined = texts.map((text) => text ?? '').join(SEPARATOR);
  return Prisma.sql`string_to_array(${joined}::text, ${SEPARATOR}, '')`;
}
