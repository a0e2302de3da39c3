import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import type { ApiVersion } from '../http/api.js';
import type { EventTypeName } from '../documents/event-types.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { LineTaker, RowDoubts } from '../formats/table.js';
import type { Finding, ReportRow } from './current-row.js';
import type { FindingGroup } from './finding-groups.js';
import type { FeedField } from './file-layout.js';
import type { FieldChoice } from './layout-question.js';
import type { Numbers } from './numbers.js';
import type { ImportCounts, ImportRecord } from './import.js';

/**
 * A kind of feed: a file that says the state of something, row by row, such as stock, matches or products. All that differs
 * between kinds is here; receiving, recognising, staging, holding, reporting and telling are the same for all (read-import.ts).
 * Hooks are called in the order in which they stand here, those with `tx` in one transaction: what one throws undoes all.
 * Rows and Found are the kind's own: what its reader found out about the rows, and what they would change.
 */
export interface FeedKind<Rows = unknown, Found extends FoundChanges = FoundChanges> {
  /** Stored with each import; the API shows it as `Kind`. */
  code: string;
  /** For people: `Inventory feed`. */
  label: string;
  /** Where HTTP takes it; left out for a kind that comes by other ways only. */
  door?: FeedDoor;
  /** Counts beside those that all kinds have, in the order in which the API shows them. */
  ownCounts: readonly string[];
  events: FeedEvents;
  /** Whether a file of the kind may say of itself that it is complete: what it leaves out is nothing then. */
  canBeComplete?: boolean;
  /** XML is read, too: elements that are items, products or offers, one a row. */
  takesXml?: boolean;
  /** A file of which every row is bad is refused as a whole, instead of being taken in with nothing. */
  needsGoodRow?: boolean;

  /**
   * What its columns may mean: with it, senders of files with another header are asked, and say so once (layouts). A layout
   * hands `openTable` the fields' names as headers.
   */
  fields?: readonly FeedField[];
  /** Names of what a field is asked of each (FeedField.ofEach), such as the shop's warehouses. */
  names?(tx: BulkTx, connection: Connection): Promise<readonly string[]>;

  /** Makes the table for the rows; it goes with the transaction unless `dropTable` does it. @returns its name */
  createTable(tx: BulkTx, importId: number): Promise<string>;
  /** Finds the columns by the header, and makes the reader of the rows. @throws AppError invalid-document */
  openTable(headers: string[], options: TableOptions): FeedTable<Rows>;
  /** Makes the transaction the only one that changes what the feed is about. Files are read before. @throws AppError conflict */
  lock(tx: BulkTx, connection: Connection): Promise<void>;
  /** Checks between rows, and what they would change. */
  find(tx: BulkTx, work: FeedWork<Rows>): Promise<Found>;
  /** Whether so much change has to be confirmed by somebody. Null: it goes in. */
  brake?(tx: BulkTx, work: FeedWork<Rows>, found: Found): Promise<Braked | null>;
  /** Writes what was found. */
  apply(tx: BulkTx, work: FeedWork<Rows>, found: Found): Promise<Applied>;
  /** A dry run, in a savepoint that is rolled back after it; `apply` when left out. */
  tryOut?(tx: BulkTx, work: FeedWork<Rows>, found: Found): Promise<Tried>;
  dropTable?(tx: BulkTx, table: string): Promise<void>;
  /** Counts that say how things stand after the import, whatever became of it; `counts` are those found so far. */
  standing?(
    tx: BulkTx,
    connection: Connection,
    counts: Partial<ImportCounts>,
  ): Promise<Record<string, number>>;

  /** Applies what `brake` has held back, and forgets it; behind `lock`. */
  applyHeld?(tx: BulkTx, held: HeldFeed): Promise<Applied>;
  /** Forgets what `brake` has held back. */
  forgetHeld?(tx: BulkTx, importIds: readonly number[]): Promise<void>;

  /** After the commit of a feed that was applied. */
  committed?(record: ImportRecord): Promise<void>;
  /** After the commit of whatever was applied: wakes what works on it. */
  wake?(connectionId: number, wake: Wake): Promise<void>;
  /** Draws the consequences of applied imports; repeated after a crash, so it compares what is with what should be. */
  follow?(connection: { companyId: number; connectionId: number; by: Actor }): Promise<void>;
}

/** The call that takes files of a kind. */
export interface FeedDoor {
  /** Below /api/<version>, with `:partnerId` in it. */
  path: string;
  /** Of the operation in OpenAPI; `Inventory` when left out. */
  tag?: string;
  /** All when left out. */
  versions?: readonly ApiVersion[];
  /** Where the record of a file is, below /api/<version>; `/Inventory/Imports/<id>` when left out. */
  placeOf?: (partnerId: number, importId: number) => string;
  /** The same for all shops of the caller at once. */
  broadcast?: FeedOperation & { path: string };
  operation: FeedOperation;
  bodyExamples?: Record<string, { summary: string; value: object }>;
}

interface FeedOperation {
  /** Of the operation in OpenAPI. */
  name: string;
  summary: string;
  description: string;
}

/** What is told of imports, by what became of them. */
interface FeedEvents {
  taken: EventTypeName;
  /** Refused, or taken with rows that were not. */
  failed: EventTypeName;
  held: EventTypeName;
  nothingTaken: EventTypeName;
}

export interface TableOptions {
  /** Setting caseSensitiveSkus. */
  caseSensitive: boolean;
  /** As FeedKind.names has read them. */
  names: readonly string[];
  /** Of the file. */
  bytes: number;
  report: ReportRow;
  /** Reads the numbers of the file. */
  numbers: Numbers;
  /** Takes lines for COPY that did not come out of `read`, in blocks; a block is the taker's own. */
  write: (block: Buffer) => void;
}

/** Reads the rows of one file. */
export interface FeedTable<Rows = unknown> {
  /** Remarks about the header. */
  warnings: readonly string[];
  /** Fields that are left out since several columns may be them: the sender is asked which. */
  choices?: readonly FieldChoice[];
  /** One row as a line for COPY; null when the row is blank or was reported. `isUnended`: as TableHandlers.row says it. */
  read(
    fields: readonly string[],
    count: number,
    rowNumber: number,
    isUnended?: boolean,
    doubts?: RowDoubts | null,
  ): string | null;
  /** Reports a row that could not even be cut into fields; `line`: how it begins, where that is known. */
  refuse(rowNumber: number, message: string, next: string, line?: string): void;
  /** Takes plain lines as bytes, where that is faster. Asked often. */
  lines?(delimiter: string): PlainLines | null;
  /** Once all rows were read: remarks about them as a whole, and what the kind has to know of them. */
  end(): { remarks: readonly string[]; rows: Rows };
}

export interface PlainLines extends LineTaker {
  /** Writes what is left. */
  flush(): void;
}

/** What was found in a file while its good rows went into their table. */
export interface StagedRows<Rows = unknown> {
  /** Rows in the table. */
  staged: number;
  /** Rows of which nothing was taken. */
  errorCount: number;
  /** Rows that were taken, but for a value that was refused or corrected. */
  warnedCount: number;
  /** The first findings about both, and all of them in groups. */
  findings: Finding[];
  groups: FindingGroup[];
  warnings: string[];
  rows: Rows;
  /** Name of the layout by which the file was read. */
  layout: string | null;
}

/** A feed whose rows are in their table. */
export interface FeedWork<Rows = unknown> {
  connection: Connection;
  /** Also the number by which feeds are ordered: whichever arrived later counts, also where it is applied first. */
  importId: number;
  /** When its first byte arrived. */
  receivedAt: Date;
  table: string;
  /** What it leaves out is nothing. */
  isComplete: boolean;
  staged: StagedRows<Rows>;
  now: Date;
}

export interface FoundChanges {
  counts: Record<string, number>;
  /** Findings about rows beyond those of the reader, and of how many rows nothing is taken for them. */
  findings: readonly Finding[];
  errorCount?: number;
  warnings: readonly string[];
  /** Nothing is left to apply: what came later has overtaken the whole file. */
  isOver?: boolean;
}

interface Braked {
  /** Why it waits, and what to do. */
  reason: string;
  /** Keeps the rows for `applyHeld`, and applies what need not wait. Not called in a dry run. */
  hold(): Promise<Applied>;
}

/** What is done after the commit. */
export interface Wake {
  urgent: boolean;
  /** Whose file it was; what it leads to names them. */
  by?: Actor;
}

export interface Applied {
  counts?: Record<string, number>;
  /** Null or left out: nothing has to be woken. */
  wake?: Wake | null;
  /** Of a held feed: why it waits, when there is more to say than the brake does. */
  reason?: string;
}

export interface Tried {
  counts?: Record<string, number>;
  /** What would be sent, by name; null when nobody knows. */
  wouldSend?: Record<string, number> | null;
}

interface HeldFeed {
  connection: Connection;
  importId: number;
  receivedAt: Date;
  now: Date;
}
