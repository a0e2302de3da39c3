import type { Database } from '../store/database.js';
import { conditionsOf } from './list-documents.js';
import type { DocumentFilter } from './list-filters.js';

const AT_ONCE = 200;

/**
 * The texts of all documents that a filter lets through, page by page, keys ascending. A page is in memory, the rest is not; what
 * changes meanwhile is there as it is when its page is read.
 * @param seen is told the keys of each page
 */
export async function* walkDocuments(
  db: Database,
  filter: DocumentFilter & { keys?: readonly number[] },
  seen: (keys: readonly number[]) => void,
): AsyncGenerator<string[]> {
  const { text, values } = conditionsOf(filter);
  const given = filter.keys ? ` AND key = ANY($${values.length + 3}::int[])` : '';
  for (let after = 0; ;) {
    const { rows } = await db.pool.query<[number, string]>({
      text: `SELECT key, body FROM documents WHERE ${text} AND key > $${values.length + 1}${given}
        ORDER BY key LIMIT $${values.length + 2}`,
      values: [...values, after, AT_ONCE, ...(filter.keys ? [filter.keys] : [])],
      rowMode: 'array',
    });
    if (rows.length > 0) {
      seen(rows.map(([key]) => key));
      yield rows.map(([, body]) => body);
    }
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)![0];
  }
}
