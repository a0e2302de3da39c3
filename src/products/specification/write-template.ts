import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import { readSpecification, type FeedSpecification } from './read-specification.js';
import type { SpecificationDeps } from './specification-deps.js';
import { csvFields, csvTemplate, xlsxTemplate } from './template-file.js';

const MOST_CATEGORIES = 20;

interface TemplateFile {
  name: string;
  type: string;
  content: string | Buffer;
}

/**
 * @param names ids, paths or names of categories
 * @param format `xlsx`, `csv` or `fields`
 * @throws AppError as `readSpecification`; invalid-request for another format, or too many categories
 */
export async function writeTemplate(
  deps: SpecificationDeps,
  connection: Connection,
  names: readonly string[],
  format: string,
): Promise<TemplateFile> {
  const wanted = [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
  if (wanted.length === 0 || wanted.length > MOST_CATEGORIES)
    throw invalid('categories', `must be 1 to ${MOST_CATEGORIES} categories`);
  const write = Object.hasOwn(writers, format) ? writers[format] : undefined;
  if (write === undefined) throw invalid('format', 'must be xlsx, csv or fields');
  const specifications: FeedSpecification[] = [];
  for (const category of wanted) specifications.push(await readSpecification(deps, connection, { category }));
  return write(specifications);
}

const CSV = 'text/csv; charset=utf-8';
const writers: Readonly<Record<string, (specifications: readonly FeedSpecification[]) => TemplateFile>> = {
  xlsx: (specifications) => ({
    name: 'products.xlsx',
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    content: xlsxTemplate(specifications),
  }),
  csv: (specifications) => ({ name: 'products.csv', type: CSV, content: csvTemplate(specifications) }),
  fields: (specifications) => ({ name: 'fields.csv', type: CSV, content: csvFields(specifications) }),
};

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-request', 'The request is not valid', { details: [{ field, message }] });
}
