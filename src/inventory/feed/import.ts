/** `feed`: what there is. `matching`: which SKU in TikTok is which. */
export type ImportKind = 'feed' | 'matching';

/**
 * `receiving`: its body is on the way. `held`: waits to be confirmed or refused. `replaced`: was held by an older version,
 * and something newer came. `tried`: a dry run.
 */
export type ImportState = 'receiving' | 'applied' | 'held' | 'replaced' | 'tried' | 'refused';

/** What became of the rows of a file. */
export interface ImportCounts {
  /** Rows with content, the header left out. */
  rows: number;
  /** Rows of which nothing was taken; the report has the first of them. */
  errors: number;
  /** Rows that were taken, but for a value that was refused or corrected. */
  warned: number;
  /** Rows of which a later row of the file says a value anew: that one counts. */
  overridden: number;
  /** SKUs that were not known before. */
  added: number;
  /** Known SKUs of which something changed. */
  changed: number;
  /** Known SKUs of which the file says nothing new. */
  unchanged: number;
  /** SKUs of which something arrived later than this file and counts, or that were removed since. */
  superseded: number;
  /** Of those changed: quantities that fell to 0. */
  zeroed: number;
  /** Of those changed: quantities that rose to ten times or more. */
  multiplied: number;
  /** Of those changed: prices that fell below half or rose above double. */
  repriced: number;
  /** New SKUs without a match that are not kept (setting ignoreUnmatched). */
  ignored: number;
  /** SKUs of the connection that have no match after this file. */
  unmatched: number;
}

export interface ImportRecord {
  /** Also the number by which files are ordered: it is drawn when the first byte is accepted. */
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

/** Findings about rows that a report keeps; further ones are counted. */
export const MOST_ROW_ERRORS = 10_000;
