import { messageOf } from '../../kernel/errors.js';
import type { SqlTx } from '../../store/database.js';
import { withoutReadable, withUnreadable, type PullCursor } from './pull-cursor.js';
import type {
  Pull,
  PullAnswer,
  PullCounts,
  PullDefinition,
  PullKind,
  UnreadableItem,
} from './pull-definition.js';
import { takeItems } from './take-items.js';

const CANNOT_BE_STORED = 'one of its values cannot be stored';

/**
 * Stores what one answer of TikTok holds, with the progress of the run in the same transaction: a run that is stopped
 * goes on after the last page that it kept.
 * @param readAt TikTok's time at which it answered
 */
export async function takePage<K extends PullKind>(
  definition: PullDefinition<K>,
  pull: Pull<K>,
  { items, unreadable }: Pick<PullAnswer<K['item']>, 'items' | 'unreadable'>,
  readAt: Date,
): Promise<void> {
  const { versions } = definition;
  const ids = items.map(versions.idOf);
  const take = async (some: readonly K['item'][], begin: (tx: SqlTx) => Promise<void>) =>
    addCounts(
      pull.counts,
      await definition.take(pull.deps, pull.source, some, { by: pull.run.by, readAt, begin }),
    );
  let progress = progressAfter(pull.cursor, ids, unreadable);
  const refusedApart = await takeItems(items, {
    together: (all) => take(all, (tx) => saveProgress(definition, pull, tx, progress)),
    alone: (item) => take([item], (tx) => pull.run.guard(tx)),
    refused: (item, error) => noteRefused(definition, pull.deps, item, error),
  });
  if (refusedApart) {
    const refused = refusedApart.map((item) => ({ id: versions.idOf(item), reason: CANNOT_BE_STORED }));
    progress = progressAfter(pull.cursor, ids, [...unreadable, ...refused]);
    await pull.deps.db.transaction((tx) => saveProgress(definition, pull, tx, progress));
  }
  pull.cursor = progress.cursor;
  addCounts(pull.counts, { unreadable: progress.news.length });
}

/** What cannot be stored is told in the log, by its id alone. */
export function noteRefused<K extends PullKind>(
  { noun, versions }: Pick<PullDefinition<K>, 'noun' | 'versions'>,
  { log }: K['deps'],
  item: K['item'],
  error: unknown,
): void {
  log.warn({ id: versions.idOf(item), error: messageOf(error) }, `${noun} cannot be stored`);
}

export function addCounts(counts: PullCounts, more: PullCounts): void {
  for (const [name, count] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + count;
}

interface Progress {
  cursor: PullCursor;
  /** Items that were readable before, or never seen. */
  news: UnreadableItem[];
}

function progressAfter(
  cursor: PullCursor,
  read: readonly string[],
  unreadable: readonly UnreadableItem[],
): Progress {
  const known = new Set(cursor.unreadable);
  const failed = unreadable.flatMap(({ id }) => id ?? []);
  return {
    cursor: withUnreadable(withoutReadable(cursor, read), failed),
    news: unreadable.filter(({ id }) => id === null || !known.has(id)),
  };
}

async function saveProgress<K extends PullKind>(
  { noun, unreadable: { event, record } }: PullDefinition<K>,
  { run, watermark }: Pull<K>,
  tx: SqlTx,
  { cursor, news }: Progress,
): Promise<void> {
  await run.saveProgress(tx, { cursor, ...(watermark ? { watermark } : {}) });
  const { companyId, connectionId } = run;
  await record(
    tx,
    run.by,
    news.map(({ id, reason }) => ({
      companyId,
      connectionId,
      event,
      summary: `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${id ?? 'without an id'} of TikTok cannot be read: ${reason}`,
      details: `It is asked for again at every pull. Other ${noun}s are not affected.`,
    })),
  );
}
