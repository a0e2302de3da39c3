import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { shortened } from './header.js';
import { layoutId, nameColumns, type FeedField, type LayoutMapping } from './file-layout.js';
import { proposeLayout } from './propose-layout.js';

/** A field that several columns may be, of which nobody but the sender knows which. */
export interface FieldChoice {
  field: string;
  /** Headers, as the file writes them. */
  candidates: readonly string[];
}

/** What a file has to ask its sender: what the columns of its header mean. Kept, so that an answer can name it. */
export interface LayoutQuestion {
  fingerprint: string;
  columns: readonly string[];
  mapping: LayoutMapping;
}

interface AskedKind {
  code: string;
  fields: readonly FeedField[];
  /** Names of what a field is asked of each. */
  names: readonly string[];
}

/** Rows above and below a header by which it is told from titles and data. */
export interface HeadRow {
  cells: string[];
  /** Why it is no header. */
  failure: AppError;
}

const LONGEST_CELL = 200;
const SHOWN_THINGS = 10;
/** A header has about as many texts as the fullest row. */
const SHARE_OF_FULLEST = 0.6;
const NO_NAME = /^[\s\d.,:;/+\-%€$£]*$/;

/** What is kept of a row for the question; files may have cells of any length. */
export function headRow(cells: readonly string[], failure: AppError): HeadRow {
  return { cells: cells.map((cell) => cell.slice(0, LONGEST_CELL)), failure };
}

/** The first row that has about as many names as the fullest: titles have fewer, and data stand below it. */
function likelyHeader(rows: readonly HeadRow[]): number {
  const names = rows.map(({ cells }) => new Set(cells.filter((cell) => !NO_NAME.test(cell))).size);
  const most = Math.max(...names);
  return names.findIndex((count) => count >= Math.max(1, most * SHARE_OF_FULLEST));
}

/** The question about a file of which no row is a header, and the error that asks it. */
export function unknownHeader(
  kind: AskedKind,
  rows: readonly HeadRow[],
): { question: LayoutQuestion; error: AppError } | null {
  const at = likelyHeader(rows);
  const header = rows[at];
  if (!header) return null;
  const named = nameColumns(header.cells);
  const below = rows.slice(at + 1).map(({ cells }) => cells);
  const mapping = proposeLayout(kind.fields, { names: named.names, rows: below }, kind.names);
  const question = { ...named, columns: named.names, mapping };
  const { code, message, details } = header.failure;
  const error = new AppError(code, message, {
    details: [...details, detailOf(kind, question)],
    cause: header.failure,
  });
  return { question, error };
}

function detailOf(kind: AskedKind, { fingerprint, mapping }: LayoutQuestion): ErrorDetail {
  const proposed = Object.entries(mapping).filter(([, field]) => field !== null);
  const missing = kind.fields.filter(
    ({ name, isNeeded }) => isNeeded && !proposed.some(([, field]) => field === name),
  );
  const given = new Map<string, string>(proposed.map(([column, field]) => [column, field!]));
  for (const { name } of missing) given.set(`<your column with the ${name}>`, name);
  const found = proposed.map(([column, field]) => `${column} = ${field}`).join(', ');
  return {
    field: 'Layout',
    message:
      found === ''
        ? 'no column is known by its name or by what stands in it'
        : `the columns seem to mean: ${found}`,
    next: `${callOf(kind, fingerprint, given)} says once what they mean; then send the file again. ${fieldsText(kind)}`,
  };
}

/** What is said beside a file that went in without a field that has to be chosen. */
export function choiceText(
  kind: Pick<AskedKind, 'code'>,
  { fingerprint }: LayoutQuestion,
  { field, candidates }: FieldChoice,
): string {
  const call = callOf(kind, fingerprint, new Map([[candidates[0] ?? '', field]]));
  return `Choose it once for all files with these columns: ${call} (or another one of them), then send the file again`;
}

/** The question about a header that was understood but for what has to be chosen. */
export function questionAbout(kind: AskedKind, headers: readonly string[]): LayoutQuestion {
  const named = nameColumns(headers);
  const mapping = proposeLayout(kind.fields, { names: named.names, rows: [] }, kind.names);
  return { ...named, columns: named.names, mapping };
}

function callOf(
  { code }: Pick<AskedKind, 'code'>,
  fingerprint: string,
  columns: ReadonlyMap<string, string>,
): string {
  const body = JSON.stringify({
    Columns: Object.fromEntries([...columns].map(([name, field]) => [shortened(name), field])),
  });
  return `PUT /api/v3/Layouts/${layoutId({ feedKind: code, fingerprint })} ${body}`;
}

function fieldsText({ fields, names }: AskedKind): string {
  const each = fields.find(({ ofEach }) => ofEach);
  const main = fields.filter(({ looksLike, isChosen, isNeeded }) => looksLike || isChosen || isNeeded);
  const list = main
    .filter(({ ofEach }) => !ofEach)
    .map(({ name }) => name)
    .join(', ');
  if (!each) return `A column may be ${list}.`;
  const things = names.slice(0, SHOWN_THINGS).join(', ');
  const known = things === '' ? '' : ` (known: ${things})`;
  return `A column may be ${list}, or "${each.name} NAME": ${each.meaning}${known}.`;
}
