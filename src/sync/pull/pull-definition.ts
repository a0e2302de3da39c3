import type { Actor } from '../../companies/actor.js';
import type { Logger } from '../../kernel/log.js';
import type { Database, SqlTx } from '../../store/database.js';
import type { Page, Paging, TimeFilter } from '../../tiktok/paging.js';
import type { FlowRun } from '../flows/flows.js';
import type { ItemVersions } from './newest.js';
import type { PullCursor } from './pull-cursor.js';
import type { ShopClock } from './shop-clock.js';

/** The types of one pull. */
export interface PullKind {
  deps: { db: Database; log: Logger };
  /** An opened shop: its connection and its API. */
  source: unknown;
  item: unknown;
  /** What a search can be narrowed by, besides times. */
  filter: object;
  /** The event of an item that cannot be read or stored. */
  event: string;
}

/** An item that TikTok sent but that cannot be used; its neighbours are unaffected. */
export interface UnreadableItem {
  /** Null when even the id is missing. */
  id: string | null;
  /** Names the field, never its content. */
  reason: string;
}

/** What one answer of TikTok's holds. */
export interface PullAnswer<T> {
  items: readonly T[];
  unreadable: readonly UnreadableItem[];
  /** TikTok's clock when it answered; null when it did not say. */
  serverTime: Date | null;
}

export type PullPage<T> = PullAnswer<T> & Page;

/** Which time a search goes by. */
export type SearchTime = 'update_time' | 'create_time';

/** One search of TikTok's. */
interface PullSearch<F> extends TimeFilter, Paging {
  sort: SearchTime;
  filter: Partial<F>;
}

/** What became of items, by name; see FlowResult. */
export type PullCounts = Record<string, number>;

export interface TakeOptions {
  /** Who reads them: a flow, or whoever has asked for them. */
  by: Actor;
  /** TikTok's time at which the items were read. */
  readAt: Date;
  /** Runs first in the transaction, such as the check of a lease; what it throws undoes everything. */
  begin?: (tx: SqlTx) => Promise<void>;
}

/** The line that an unreadable item leaves in the connection's history. */
interface UnreadableEvent<E> {
  companyId: number;
  connectionId: number;
  event: E;
  summary: string;
  details: string;
}

/**
 * One kind of item that is pulled from TikTok by its time of change: everything that sets it apart from the others. The
 * engine tells the rest: run-pull.ts as a flow, read-now.ts for single items that somebody names.
 */
export interface PullDefinition<K extends PullKind> {
  /** In logs and events, such as `order`. */
  noun: string;
  versions: ItemVersions<K['item']>;
  /** Null when TikTok does not say. */
  createdAt: (item: K['item']) => Date | null;
  /** The most items that TikTok gives at once, and the fewest that it may be asked for. */
  pageSize: number;
  leastPageSize: number;
  open(deps: K['deps'], run: FlowRun): Promise<K['source']>;
  search(source: K['source'], search: PullSearch<K['filter']>): Promise<PullPage<K['item']>>;
  /** Reads these (at most IDS_PER_CALL); what TikTok does not know is missing from the answer. */
  readByIds(source: K['source'], ids: readonly string[]): Promise<PullAnswer<K['item']>>;
  /**
   * Stores items in one transaction. Safe to repeat in any order and from several workers: an answer that is older than
   * what is held, or the same, changes nothing.
   * @returns what became of them
   */
  take(
    deps: K['deps'],
    source: K['source'],
    items: readonly K['item'][],
    options: TakeOptions,
  ): Promise<PullCounts>;
  /** The event of an item that cannot be read or stored, and who writes it. */
  unreadable: {
    event: K['event'];
    record: (tx: SqlTx, by: Actor, events: UnreadableEvent<K['event']>[]) => Promise<void>;
  };
  /** Of which items the first pull of a connection reads all, of any age, one filter after the other. */
  first: readonly Partial<K['filter']>[];
  /** Where the pull of changes begins after the first pull; left out: at the newest change that the shop had before it. */
  changesSince?(deps: K['deps'], source: K['source'], newestAt: Date): Promise<Date>;
  /** How long a run has to wait before it can begin, in milliseconds; null: not at all. */
  waitMs?(pull: Pull<K>): Promise<number | null>;
  /** What the pull does after the changes were read. */
  extraSteps?: readonly PullStep<K>[];
}

/** One run of a pull. What must survive it is saved with each page. */
export interface Pull<K extends PullKind> {
  deps: K['deps'];
  run: FlowRun;
  source: K['source'];
  counts: PullCounts;
  cursor: PullCursor;
  /** TikTok's time up to which everything was read. */
  watermark: Date | null;
  clock: ShopClock;
  /** Takes in what these answers hold, each with the progress of the run. @returns false: the run was told to stop */
  takeAnswers(answers: AsyncIterable<PullAnswer<K['item']>>): Promise<boolean>;
  /** Reads these items again and takes them in. @returns false: the run was told to stop */
  readAgain(ids: readonly string[]): Promise<boolean>;
}

/** Answers whether it came to its end; false: the run was told to stop. */
export type PullStep<K extends PullKind> = (pull: Pull<K>) => Promise<boolean>;

/** Ids in one call: the limit of all of TikTok's calls that take ids. */
export const IDS_PER_CALL = 50;
