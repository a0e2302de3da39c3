import { isStorable } from '../kernel/plain-text.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { CustomLookupBody, CustomLookupTableBody } from '../logicbroker/lookup-schema.js';
import { problemOfOrderPath } from '../logicbroker/order-path.js';
import {
  LONGEST_MATCH,
  LONGEST_TITLE,
  LONGEST_VALUE,
  matchColumns,
  MOST_COLUMNS,
  MOST_MATCHES,
  ownUseTables,
  PARTNER_COLUMN,
  tableKey,
  type LookupColumn,
  type LookupRow,
  type LookupTable,
} from './lookup-table.js';
import { spellingKey } from './spelling.js';

const NAME = /^[A-Za-z][\w-]{0,59}$/;
/** Names that the service itself gives to attributes. */
const OWN_ATTRIBUTES = /^(tiktok|subtotal$|shippedquantity$|cancelledquantity$)/i;

/**
 * The values of a row that a caller sent.
 * @param partnerIds numbers of the company's shops
 * @throws AppError invalid-document with every problem and its field path
 */
export function readRow(
  table: LookupTable,
  body: CustomLookupBody,
  partnerIds: readonly number[],
): LookupRow['values'] {
  const problems: ErrorDetail[] = [];
  const values: Record<string, string> = {};
  const titles = table.columns.map(({ title }) => title);
  for (const [index, { Title = '', Value = '' }] of (body.Columns ?? []).entries()) {
    const field = `Columns[${index}]`;
    const column = table.columns.find(({ title }) => tableKey(title) === tableKey(Title.trim()));
    const value = Value.trim();
    if (!column) {
      problems.push({
        field: `${field}.Title`,
        message: `${table.name} has no column ${Title.slice(0, 50)}; it has ${titles.join(', ')}`,
      });
    } else if (Object.hasOwn(values, column.title)) {
      problems.push({ field: `${field}.Title`, message: `${column.title} stands twice` });
    } else {
      const problem = problemOfValue(column, value);
      if (problem) problems.push({ field: `${field}.Value`, message: problem });
      values[column.title] = value;
    }
  }
  if (problems.length === 0) problems.push(...problemsOfRow(table, values, partnerIds));
  if (problems.length > 0) throw refused('The row is not valid.', problems);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function problemOfValue({ match }: LookupColumn, value: string): string | null {
  const longest = match === null ? LONGEST_VALUE : LONGEST_MATCH;
  if (value.length > longest) return `must not have more than ${longest} characters`;
  return isStorable(value) ? null : 'holds characters that cannot be stored';
}

function problemsOfRow(
  table: LookupTable,
  values: Readonly<Record<string, string>>,
  partnerIds: readonly number[],
): ErrorDetail[] {
  if (table.use !== null) return problemsOfSpelling(table, values, partnerIds);
  const isFound = matchColumns(table).some(({ title }) => values[title]);
  const adds = table.columns.some(({ title, match }) => match === null && values[title]);
  const compared = matchColumns(table).map(({ title }) => title);
  return [
    ...(isFound
      ? []
      : [{ field: 'Columns', message: `one of ${compared.join(', ')} needs a value: a row is found by it` }]),
    ...(adds ? [] : [{ field: 'Columns', message: 'the row adds nothing: give a value to another column' }]),
  ];
}

function problemsOfSpelling(
  { columns }: LookupTable,
  values: Readonly<Record<string, string>>,
  partnerIds: readonly number[],
): ErrorDetail[] {
  const problems: ErrorDetail[] = [];
  const [spelling = '', meaning = ''] = columns.map(({ title }) => title);
  for (const title of [spelling, meaning]) {
    const value = values[title] ?? '';
    if (spellingKey(value) === '') problems.push({ field: 'Columns', message: `${title} is required` });
    else if (/^<.*>$/.test(value)) {
      problems.push({
        field: 'Columns',
        message: `${title}: put a value in the place of ${value.slice(0, 50)}`,
      });
    }
  }
  const partner = values[PARTNER_COLUMN] ?? '';
  if (partner !== '' && !partnerIds.map(String).includes(partner)) {
    problems.push({
      field: 'Columns',
      message: `${PARTNER_COLUMN} ${partner.slice(0, 50)} is none of your shops`,
      next: 'GET Partners lists them; leave it out for all.',
    });
  }
  return problems;
}

/**
 * A table that a caller wants to have.
 * @throws AppError invalid-document with every problem and its field path
 */
export function readTable(name: string, body: CustomLookupTableBody): LookupTable {
  const problems: ErrorDetail[] = [];
  if (ownUseTables.some((each) => tableKey(each.name) === tableKey(name))) {
    throw new AppError('rule-violated', `${name} is in every company and stays as it is.`);
  }
  if (!NAME.test(name)) {
    problems.push({
      field: 'name',
      message: 'must have up to 60 letters, digits, _ and -, and begin with a letter',
    });
  }
  if (body.Name !== undefined && tableKey(body.Name) !== tableKey(name)) {
    problems.push({ field: 'Name', message: `is not the name in the path, ${name}` });
  }
  const columns = (body.Columns ?? []).map(({ Title = '', Match }) => ({
    title: Title.trim(),
    match: Match?.trim() || null,
  }));
  for (const [index, column] of columns.entries()) {
    for (const [part, message] of problemsOfColumn(column, columns.slice(0, index))) {
      problems.push({ field: `Columns[${index}].${part}`, message });
    }
  }
  const { Title = name, Description = '' } = body;
  for (const [field, text] of Object.entries({ Title, Description })) {
    if (text.length > LONGEST_VALUE)
      problems.push({ field, message: `must not have more than ${LONGEST_VALUE} characters` });
  }
  const compared = columns.filter(({ match }) => match !== null).length;
  if (columns.length > MOST_COLUMNS)
    problems.push({ field: 'Columns', message: `must not be more than ${MOST_COLUMNS}` });
  if (compared < 1 || compared > MOST_MATCHES) {
    problems.push({
      field: 'Columns',
      message: `1 to ${MOST_MATCHES} columns need a Match: what of the order they are compared with`,
    });
  }
  if (compared === columns.length)
    problems.push({
      field: 'Columns',
      message: 'one column at least has no Match: it is what the table adds',
    });
  if (problems.length > 0) throw refused('The table is not valid.', problems);
  return { name, title: Title, description: Description, columns, use: null };
}

function problemsOfColumn(
  { title, match }: LookupColumn,
  before: readonly LookupColumn[],
): ['Title' | 'Match', string][] {
  const found: ['Title' | 'Match', string][] = [];
  if (title === '' || title.length > LONGEST_TITLE || !isStorable(title)) {
    found.push(['Title', `must have 1 to ${LONGEST_TITLE} characters`]);
  }
  if (before.some((each) => tableKey(each.title) === tableKey(title))) found.push(['Title', 'stands twice']);
  if (match === null && OWN_ATTRIBUTES.test(title)) {
    found.push(['Title', `${title.slice(0, 50)} is a name that the service itself gives to attributes`]);
  }
  const problem = match === null ? null : problemOfOrderPath(match);
  if (problem) found.push(['Match', problem]);
  return found;
}

function refused(message: string, details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', message, { details });
}
