import { zipSync, strToU8 } from 'fflate';
import type { TestApi } from '../support/api.js';
import { formFile } from '../support/form-file.js';

export interface UploadOptions {
  path?: string;
  query?: string;
  fileName?: string;
  headers?: Record<string, string>;
}

/** Sends a file as Logicbroker's clients do: in the form field `file`. Answers status and JSON. */
export async function upload(
  { call, seller }: Pick<TestApi, 'call' | 'seller'>,
  file: string | Uint8Array,
  { path = '', query = '', fileName = 'stock.csv', headers = {} }: UploadOptions = {},
) {
  const form = formFile(fileName, file);
  const url = `/api/v3/Inventory/${path.startsWith('/') ? path.slice(1) : `${seller.partnerId}${path && `/${path}`}`}${query}`;
  const answer = await call('POST', url, {
    payload: form.payload,
    headers: { ...form.headers, ...headers },
  });
  const json = answer.json();
  return {
    status: answer.statusCode,
    json,
    body: answer.body,
    counts: json.Imports?.[0]?.Counts ?? {},
    id: json.Imports?.[0]?.ImportId as number,
  };
}

/** The items of the shop, by SKU, as the API's JSON export has them. */
export async function itemsOf({ call, seller }: Pick<TestApi, 'call' | 'seller'>, query = '') {
  const answer = await call(
    'GET',
    `/api/v3/Inventory/${seller.partnerId}?fileType=json&includeNullQuantity=true${query}`,
  );
  const items = JSON.parse(answer.json().Body) as Record<string, unknown>[];
  return new Map(items.map((item) => [String(item['SupplierSKU']), item]));
}

export async function errorsOf({ call }: Pick<TestApi, 'call'>, importId: number) {
  const answer = await call('GET', `/api/v3/Inventory/Imports/${importId}/Errors`);
  return answer.json().Body as {
    Level: string;
    Row: number;
    Column?: string;
    Value?: string;
    Message: string;
    Next?: string;
  }[];
}

export type Cell = string | number | { shared: number } | null;

/** A small XLSX workbook: texts inline, numbers as numbers, `{shared}` from the table of texts. */
export function workbook(
  rows: Cell[][],
  shared: string[] = [],
  extra: Record<string, string> = {},
): Uint8Array {
  const column = (index: number): string => String.fromCharCode(65 + index);
  const cell = (value: Cell, row: number, index: number): string => {
    const place = `${column(index)}${row + 1}`;
    if (value === null) return '';
    if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
    if (typeof value === 'object') return `<c r="${place}" t="s"><v>${value.shared}</v></c>`;
    return `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
  };
  const sheet = rows
    .map(
      (cells, row) =>
        `<row r="${row + 1}">${cells.map((value, index) => cell(value, row, index)).join('')}</row>`,
    )
    .join('');
  const files = {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><sheets><sheet name="Stock" sheetId="1" r:id="rId7"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId7" Target="worksheets/stock.xml"/></Relationships>',
    'xl/sharedStrings.xml': `<sst>${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    'xl/worksheets/stock.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    ...extra,
  };
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}
