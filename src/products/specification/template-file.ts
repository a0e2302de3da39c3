import { stringify } from 'csv-stringify/sync';
import { writeXlsx, type TextSheet } from '../../formats/xlsx-writer.js';
import type { FeedSpecification } from './read-specification.js';
import type { SpecificationField } from './specification-field.js';

/** A column of a template: the same field of all categories that have it. */
interface TemplateColumn {
  field: SpecificationField;
  categories: readonly string[];
  options: readonly string[];
}

const PRODUCTS = 'Products';
const FIELDS = 'Fields';
const VALUES = 'Allowed values';
/** Options of one column in a workbook; more are told by the JSON of the specification. */
const MOST_OPTIONS = 2_000;

function columnsOf(specifications: readonly FeedSpecification[]): TemplateColumn[] {
  const columns = new Map<
    string,
    { field: SpecificationField; categories: string[]; options: Set<string> }
  >();
  for (const { category, fields } of specifications) {
    for (const field of fields) {
      const known = columns.get(field.name) ?? { field, categories: [], options: new Set<string>() };
      known.categories.push(category.path);
      for (const { name } of field.options) if (known.options.size < MOST_OPTIONS) known.options.add(name);
      // What one category demands is worth the reader's eye in all.
      if (known.field.need !== 'required' && field.need !== 'optional') known.field = field;
      columns.set(field.name, known);
    }
  }
  return [...columns.values()].map((column) => ({ ...column, options: [...column.options] }));
}

/**
 * An empty file with one column for each field of one or several categories. It holds no line but the header: what stands below is
 * taken for products. No cell is a formula in a spreadsheet.
 */
export function csvTemplate(specifications: readonly FeedSpecification[]): string {
  return stringify([columnsOf(specifications).map(({ field }) => field.name)], csvFormat);
}

/** What each column of the template is for, as a table of its own. */
export function csvFields(specifications: readonly FeedSpecification[]): string {
  return stringify(fieldRows(specifications), csvFormat);
}

const csvFormat = { record_delimiter: '\r\n', escape_formulas: true, bom: true } as const;

/** The same as a workbook: the first sheet is the feed, the second tells what each column is for, the third what may stand in it. */
export function xlsxTemplate(specifications: readonly FeedSpecification[]): Buffer {
  const columns = columnsOf(specifications);
  const listed = columns.flatMap((column, index) =>
    column.options.length > 0 ? [{ ...column, index }] : [],
  );
  const height = Math.max(0, ...listed.map(({ options }) => options.length));
  const products: TextSheet = {
    name: PRODUCTS,
    rows: [columns.map(({ field }) => field.name)],
    // A cell for several values takes no list.
    choices: listed.flatMap(({ field, index, options }, at) =>
      field.type === 'choices'
        ? []
        : [{ column: index, sheet: VALUES, from: { column: at, rows: options.length } }],
    ),
  };
  return writeXlsx([
    products,
    { name: FIELDS, rows: fieldRows(specifications) },
    {
      name: VALUES,
      rows: [
        listed.map(({ field }) => field.name),
        ...Array.from({ length: height }, (_, row) => listed.map(({ options }) => options[row] ?? '')),
      ],
    },
  ]);
}

function fieldRows(specifications: readonly FeedSpecification[]): string[][] {
  const header = [
    'Column',
    'Name',
    'Needed',
    'When',
    'What it is',
    'From',
    'To',
    'Options',
    'TikTok',
    'Categories',
  ];
  const rows = columnsOf(specifications).map(({ field, categories, options }) => [
    field.name,
    field.label,
    field.need,
    field.condition ?? '',
    field.description,
    field.limits.least ?? '',
    field.limits.most ?? '',
    options.slice(0, 50).join('; ') + (options.length > 50 ? `; and ${options.length - 50} more` : ''),
    field.destination,
    categories.length === specifications.length ? 'all' : categories.join('; '),
  ]);
  return [header, ...rows];
}
