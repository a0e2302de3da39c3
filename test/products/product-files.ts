import type { Test } from 'tap';
import type { ListingFacts } from '../../src/products/checks/listing-facts.js';
import type { ListingAttribute } from '../../src/domain/listing.js';
import type { ListingRules } from '../../src/products/checks/listing-rules.js';
import type { Database } from '../../src/store/database.js';
import { testApi, type TestApi } from '../support/api.js';
import { formFile } from '../support/form-file.js';

/** A product as the items of a feed show it. */
export interface Item {
  ProductId: string;
  IsCompliant?: boolean;
  Skus: string[];
  Attributes: Record<string, string | null>;
  Variants: { Id: string; Attributes: Record<string, string | null> }[];
  Findings: { Level: string; Rule: string; Column?: string; Row?: number; Sku?: string; Message: string }[];
  Status: string;
}

interface FeedOptions {
  fileName?: string;
  query?: string;
}

/** An API whose shop knows two categories: shirts (601226) and lamps (855056, with batteries). */
export async function productApi(
  t: Pick<Test, 'teardown'>,
  db: Database,
  facts: Partial<ListingFacts> = {},
  changes: Parameters<typeof testApi>[2] = {},
) {
  const api = await testApi(t, db, { listingFacts: { ...testFacts, ...facts }, ...changes });
  return { ...api, ...productCalls(api) };
}

export function productCalls({ call, seller }: Pick<TestApi, 'call' | 'seller'>) {
  const base = `/api/v1/Product/${seller.partnerId}`;
  return {
    sendFeed: async (
      file: string | Uint8Array,
      { fileName = 'products.csv', query = '' }: FeedOptions = {},
    ) => {
      const answer = await call('POST', `${base}${query}`, formFile(fileName, file));
      const json = answer.json();
      return {
        status: answer.statusCode,
        json,
        counts: (json.Imports?.[0]?.Counts ?? {}) as Record<string, number>,
        feed: json.Imports?.[0]?.ImportId as number,
        warnings: (json.Imports?.[0]?.Warnings ?? []) as string[],
      };
    },
    itemsOf: async (feed: number, query = ''): Promise<Item[]> => {
      const answer = await call('GET', `${base}/${feed}/Items${query}`);
      return answer.json().Body.Items as Item[];
    },
    itemOf: async (feed: number, productId: string): Promise<Item> => {
      const answer = await call('GET', `${base}/${feed}/Items/${encodeURIComponent(productId)}`);
      return answer.json().Body as Item;
    },
    statusOf: async (feed: number) => {
      const answer = await call('GET', `${base}/${feed}`);
      return answer.json().Body;
    },
    base,
  };
}

/** A file of rows; cells with separators or quotes are quoted. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string =>
    /[",\n\r]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return rows.map((row) => row.map((value) => cell(value)).join(',')).join('\n');
}

export function attribute(
  id: string,
  name: string,
  changes: Partial<ListingAttribute> = {},
): ListingAttribute {
  return {
    id,
    name,
    isSales: false,
    isRequired: false,
    isCustomizable: false,
    isMultiple: false,
    isNumber: false,
    values: [],
    conditions: [],
    ...changes,
  };
}

export function rules(changes: Partial<ListingRules> = {}): ListingRules {
  return {
    categoryId: '601226',
    categoryPath: "Menswear > Men's Tops > T-shirts",
    isLeaf: true,
    permissions: ['AVAILABLE'],
    attributes: [],
    certificates: [],
    sizeChart: 'supported',
    isCodSupported: true,
    needsDimensions: false,
    needsManufacturer: false,
    needsResponsiblePerson: false,
    specialTypes: [],
    ...changes,
  };
}

const known: Readonly<Record<string, ListingRules>> = {
  '601226': rules({
    attributes: [
      attribute('100157', 'Materials', {
        isRequired: true,
        values: [
          { id: '1', name: 'Cotton' },
          { id: '2', name: 'Wool' },
        ],
      }),
    ],
  }),
  '855056': rules({ categoryId: '855056', categoryPath: 'Home > Lamps', sizeChart: 'none' }),
};

const testFacts: ListingFacts = {
  async category(_, text) {
    if (text === null) return { kind: 'missing' };
    const found = known[text];
    return found ? { kind: 'rules', rules: found } : { kind: 'unknown', proposals: [] };
  },
  brand: async () => null,
  missing: async () => [],
};
