/** `feed`: what there is. `matching`: which SKU in TikTok is which. */
export type ImportKind = 'feed' | 'matching';

/** `held`: waits to be confirmed. `replaced`: was held, and something newer came. `tried`: a dry run. */
export type ImportState = 'applied' | 'held' | 'replaced' | 'tried' | 'refused';

/** What became of the rows of a file. */
export interface ImportCounts {
  /** Rows with content, the header left out. */
  rows: number;
  /** Rows that were not taken; the report has the first of them. */
  errors: number;
  /** SKUs that were not known before. */
  added: number;
  /** Known SKUs of which something changed. */
  changed: number;
  /** The other rows: nothing new, or a later row of the file has the same SKU. */
  unchanged: number;
  /** Of those changed: quantities that fell to 0. */
  zeroed: number;
  /** Of those changed: quantities that rose to ten times or more. */
  multiplied: number;
  /** New SKUs without a match that are not kept (setting ignoreUnmatched). */
  ignored: number;
  /** SKUs of the connection that have no match after this file. */
  unmatched: number;
}

export interface ImportRecord {
  id: number;
  companyId: number;
  connectionId: number;
  kind: ImportKind;
  state: ImportState;
  format: string | null;
  fileName: string | null;
  sha256: string | null;
  bytes: number;
  dryRun: boolean;
  counts: Partial<ImportCounts>;
  warnings: string[];
  reason: string | null;
  receivedAt: Date;
  finishedAt: Date;
}

/** Row errors that a report keeps; further ones are counted. */
export const MOST_ROW_ERRORS = 10_000;
