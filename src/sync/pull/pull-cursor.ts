/**
 * Where a pull goes on, as it is kept with the flow. Only times and ids: page tokens live too short to be kept.
 */
export interface PullCursor {
  /** Present while the first pull of a connection is under way. */
  first?: FirstPull;
  /** Items that could not be read; asked for again at each pull, so that an update of this program finds them. */
  unreadable: string[];
  /** TikTok's time (ISO 8601) at which the last deeper overlap began. */
  deepAt?: string;
}

interface FirstPull {
  /** The newest change in the shop when the first pull began (ISO 8601): later pulls begin there. */
  newestAt: string | null;
  /** Index in the list of filters that are asked for. */
  step: number;
  /** Creation time (ISO 8601) that this step has come to. */
  from: string | null;
}

/** Unreadable items remembered per flow; with more of them the shop has another problem. */
const UNREADABLE_KEPT = 200;

/** What another version of this program has left is read as far as it makes sense. */
export function readPullCursor(stored: unknown): PullCursor {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<PullCursor>;
  const unreadable = Array.isArray(given.unreadable) ? given.unreadable : [];
  return {
    ...(typeof given.deepAt === 'string' && !Number.isNaN(Date.parse(given.deepAt))
      ? { deepAt: given.deepAt }
      : {}),
    ...(given.first && Number.isInteger(given.first.step) ? { first: given.first } : {}),
    unreadable: unreadable.filter((id) => typeof id === 'string').slice(-UNREADABLE_KEPT),
  };
}

export function withUnreadable(cursor: PullCursor, ids: readonly string[]): PullCursor {
  return { ...cursor, unreadable: [...new Set([...cursor.unreadable, ...ids])].slice(-UNREADABLE_KEPT) };
}

export function withoutReadable(cursor: PullCursor, ids: readonly string[]): PullCursor {
  const readable = new Set(ids);
  return { ...cursor, unreadable: cursor.unreadable.filter((id) => !readable.has(id)) };
}
