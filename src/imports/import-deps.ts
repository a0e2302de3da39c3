import type { Logger } from '../kernel/log.js';
import type { Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import type { FeedKind } from './feed-kind.js';

export interface ImportDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** All kinds of feeds that the program knows. */
  feedKinds: readonly FeedKind[];
  /** Largest file that is taken. */
  fileLimitBytes?: number | undefined;
  /** Largest file of JSON, which is in memory as a whole while it is read; 10 MB when left out. */
  jsonLimitBytes?: number | undefined;
}

/** Undefined for a kind of another version of the program. */
export function findKind({ feedKinds }: Pick<ImportDeps, 'feedKinds'>, code: string): FeedKind | undefined {
  return feedKinds.find((each) => each.code === code);
}

/** @throws Error for a kind of another version of the program */
export function kindOf(deps: Pick<ImportDeps, 'feedKinds'>, code: string): FeedKind {
  const kind = findKind(deps, code);
  if (!kind) throw new Error(`This version knows no feed of the kind ${code}.`);
  return kind;
}
