/** A column of a table. One with `match` is compared with the order; the others are what a row brings. */
export interface LookupColumn {
  title: string;
  /** Path in the order document, such as `OrderLines.ItemIdentifier.SupplierSKU`. */
  match: string | null;
}

/** A table of values that a company keeps here. */
export interface LookupTable {
  name: string;
  title: string;
  description: string;
  columns: readonly LookupColumn[];
  /** Null for a table that adds values to orders; the others have a use of their own, and are in every company. */
  use: 'carriers' | 'cancel-reasons' | null;
}

/** A row as it is stored: value by title of the column; columns without a value are left out. */
export interface LookupRow {
  id: number;
  values: Readonly<Record<string, string>>;
  modifiedAt: Date;
  modifiedBy: string;
}

export const PARTNER_COLUMN = 'PartnerId';

export const carrierTable = {
  name: 'Carriers',
  title: 'Carriers',
  description:
    "Which of TikTok's shipping providers a spelling means that you send as CarrierCode or ClassCode. TikTokProvider is its name or id; with a PartnerId the row counts for that shop only.",
  columns: [plain('Carrier'), plain('TikTokProvider'), plain(PARTNER_COLUMN)],
  use: 'carriers',
} as const satisfies LookupTable;

export const reasonTable = {
  name: 'CancelReasons',
  title: 'Cancellation reasons',
  description:
    "Which of TikTok's reasons a text means that you send as ChangeReason. GET Partners/{partnerId}/CancellationReasons lists TikTok's; with a PartnerId the row counts for that shop only.",
  columns: [plain('ChangeReason'), plain('TikTokReason'), plain(PARTNER_COLUMN)],
  use: 'cancel-reasons',
} as const satisfies LookupTable;

export const ownUseTables: readonly LookupTable[] = [carrierTable, reasonTable];

function plain(title: string): LookupColumn {
  return { title, match: null };
}

/** Limits of what a company keeps here. */
export const MOST_TABLES = 50;
export const MOST_ROWS = 10_000;
export const MOST_COLUMNS = 20;
/** Each one doubles the look-ups of an order, since a row may leave it open. */
export const MOST_MATCHES = 3;
export const LONGEST_TITLE = 100;
export const LONGEST_VALUE = 1_000;
/** What is compared stands in an index. */
export const LONGEST_MATCH = 200;

/** The path of the lines in the order document; a table that compares something of a line adds to lines. */
export const LINE_PATH = 'OrderLines.';

export function isOfLines({ columns }: Pick<LookupTable, 'columns'>): boolean {
  return columns.some(({ match }) => match?.startsWith(LINE_PATH));
}

export function matchColumns({
  columns,
}: Pick<LookupTable, 'columns'>): (LookupColumn & { match: string })[] {
  return columns.flatMap(({ title, match }) => (match === null ? [] : [{ title, match }]));
}

export function tableKey(name: string): string {
  return name.toLowerCase();
}
