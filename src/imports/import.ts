import type { Actor } from '../companies/actor.js';
import type { FindingGroup } from './finding-groups.js';

/**
 * `receiving`: its body is on the way. `received`: stored, and not read yet. `held`: waits to be confirmed or refused.
 * `replaced`: was held by an older version, and something newer came. `tried`: a dry run.
 */
export type ImportState = 'receiving' | 'received' | 'applied' | 'held' | 'replaced' | 'tried' | 'refused';

/** What became of the rows of a file. Kinds of feeds have further counts of their own. */
export interface ImportCounts {
  [own: string]: number;
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
}

export interface ImportRecord {
  /** Also the number by which files are ordered: it is drawn when the first byte is accepted. */
  id: number;
  companyId: number;
  connectionId: number;
  /** Code of the feed kind. */
  kind: string;
  state: ImportState;
  format: string | null;
  fileName: string | null;
  sha256: string | null;
  bytes: number;
  dryRun: boolean;
  counts: Partial<ImportCounts>;
  warnings: string[];
  /** What is to be said about its rows, grouped. */
  groups: FindingGroup[];
  /** Name of the layout by which it was read; null: its header told. */
  layout: string | null;
  /** Whether it says all that there is; null: as the connection's setting says. */
  complete: boolean | null;
  reason: string | null;
  receivedAt: Date;
  finishedAt: Date;
  /** Who has brought the file, or has decided on it since; null when a version has noted it that kept nobody. */
  by: Actor | null;
}

/** Findings about rows that a report keeps; further ones are counted. */
export const MOST_FINDINGS = 10_000;
