import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createCsvReader } from '../../src/formats/csv-reader.js';
import { copyText } from '../../src/imports/copy-text.js';
import { saveCategories, saveRules } from '../../src/products/specification/category-store.js';
import type { Database } from '../../src/store/database.js';

/** Variants of a product, as clothes have them. */
export const SKUS_PER_PRODUCT = 5;
const LEAF = '601226';
const HEADER = [
  'Merchant SKU',
  'Parent SKU',
  'Title',
  'Description',
  'Category',
  'Image 1',
  'Image 2',
  'Image 3',
  'Option 1 Name',
  'Option 1 Value',
  'Cost',
  'Quantity',
  'Weight',
  'Weight Unit',
  'Attribute:Material',
];
const SIZES = ['S', 'M', 'L', 'XL', 'XXL'];
/** One product in ten has a fault, as feeds have. */
const FAULT_EVERY = 10;
const ROWS_PER_BLOCK = 5_000;

/** What the shop demands, as if it had been read from TikTok a moment ago. */
export async function holdRules({ prisma }: Database, connectionId: number): Promise<void> {
  const fetchedAt = new Date();
  const category = (id: string, parentId: string | null, name: string) => ({
    id,
    parentId,
    name,
    isLeaf: id === LEAF,
    permissions: ['AVAILABLE'],
  });
  const categories = [
    category('600001', null, 'Menswear'),
    category('600002', '600001', "Men's Tops"),
    category(LEAF, '600002', 'T-shirts'),
  ];
  await saveCategories(prisma, connectionId, 'v2', { categories, fetchedAt });
  const plain = {
    isRequired: false,
    isCustomizable: true,
    isMultiple: false,
    isNumber: false,
    conditions: [],
  };
  const attributes = [
    {
      ...plain,
      id: '100157',
      name: 'Material',
      isSales: false,
      isRequired: true,
      isCustomizable: false,
      values: ['Cotton', 'Wool', 'Linen'].map((name, nth) => ({ id: String(1_000 + nth), name })),
    },
    ...Array.from({ length: 20 }, (_, nth) => ({
      ...plain,
      id: String(101_000 + nth),
      name: `Property ${nth}`,
      isSales: false,
      values: Array.from({ length: 30 }, (__, value) => ({
        id: String(5_000 + value),
        name: `Value ${value}`,
      })),
    })),
    { ...plain, id: '100007', name: 'Size', isSales: true, values: [] },
  ];
  const demands = {
    certificates: [],
    sizeChart: 'supported' as const,
    isCodSupported: false,
    needsDimensions: false,
    needsEpr: false,
    needsManufacturer: false,
    needsResponsiblePerson: false,
    specialTypes: [],
    fees: [],
  };
  await saveRules(prisma, connectionId, { categoryId: LEAF, version: 'v2', demands, attributes, fetchedAt });
}

/** Products of which the n-th edition says other things than the one before, in every row. */
export async function writeProducts(path: string, rows: number, edition: number): Promise<void> {
  const file = await open(path, 'w');
  let block = `${HEADER.join(',')}\n`;
  for (let row = 0; row < rows; row++) {
    block += `${rowOf(row, edition).join(',')}\n`;
    if ((row + 1) % ROWS_PER_BLOCK > 0) continue;
    await file.write(block);
    block = '';
  }
  await file.write(block);
  await file.close();
}

function rowOf(row: number, edition: number): string[] {
  const nth = Math.floor(row / SKUS_PER_PRODUCT);
  const product = `TEE-${String(nth).padStart(6, '0')}`;
  const isFaulty = nth % FAULT_EVERY === 0;
  const image = (which: number): string => `https://cdn.example.com/${product}/${which}.jpg`;
  return [
    `${product}-${SIZES[row % SKUS_PER_PRODUCT]}`,
    product,
    `Soft cotton shirt number ${nth} with a round neck ${edition}`,
    `"<p>Made of combed cotton of 180 grams; washed once; keeps its shape. Edition ${edition}.</p><p>Number ${nth}, with a neck that stays round and seams that hold.</p>"`,
    LEAF,
    image(1),
    image(2),
    image(3),
    'Size',
    SIZES[row % SKUS_PER_PRODUCT]!,
    '19.99',
    String(1 + (row % 500)),
    isFaulty ? '0' : '0.25',
    'kg',
    isFaulty ? 'Cottn' : 'Cotton',
  ];
}

/** Products of a file that have an error, with those that have none. */
export function productsIn(rows: number): { all: number; faulty: number } {
  const all = Math.ceil(rows / SKUS_PER_PRODUCT);
  return { all, faulty: Math.ceil(all / FAULT_EVERY) };
}

/** The limit: the file is read, and its rows go into a table as they are. @returns rows */
export async function readAndCopy(db: pg.PoolClient, path: string): Promise<number> {
  await db.query('BEGIN');
  const columns = HEADER.map((_, nth) => `c${nth} text`).join(', ');
  await db.query(`CREATE TEMP TABLE given (row_number int, ${columns}) ON COMMIT DROP`);
  await pipeline(Readable.from(copyRows(path)), db.query(copyFrom('COPY given FROM STDIN')));
  const { rows } = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM given');
  await db.query('COMMIT');
  return rows[0]?.count ?? 0;
}

async function* copyRows(path: string): AsyncGenerator<string> {
  let block = '';
  const reader = createCsvReader(',', '\n', {
    row(fields, count, number) {
      if (number === 1) return;
      block += String(number);
      for (let field = 0; field < count; field++) block += `\t${copyText(fields[field] ?? '')}`;
      block += '\n';
    },
    problem() {},
  });
  const decoder = new StringDecoder('utf8');
  for await (const piece of createReadStream(path, { highWaterMark: 262_144 })) {
    reader.write(decoder.write(piece as Buffer));
    yield block;
    block = '';
  }
  reader.end();
  yield block;
}
