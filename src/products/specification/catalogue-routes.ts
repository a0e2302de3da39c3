import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import {
  AttributeSetsResponse,
  AttributesResponse,
  CategoriesResponse,
} from '../../logicbroker/catalogue-schema.js';
import { attributeFields, complianceFields, optionFields } from './category-fields.js';
import { listRules } from './category-store.js';
import { pathText, treeOf } from './category-tree.js';
import { deliveryFields, identityFields, packagingFields, priceFields } from './common-fields.js';
import { categoriesOf, limitsOf, requireLocalShop } from './held-rules.js';
import { renderAttribute, renderCategories } from './render-catalogue.js';
import type { SpecificationDeps } from './specification-deps.js';
import type { SpecificationField } from './specification-field.js';
import type { Connection } from '../../connections/connection.js';

const TAG = 'Product';

/** What a partner's catalogue looks like: categories, columns, and which category has which columns. */
export function catalogueRoutes(api: Api, version: ApiVersion, deps: SpecificationDeps): void {
  api.get(
    '/Product/:partnerId/Categories',
    {
      schema: operation(version, 'getPartnerCategories', TAG, "All categories of the shop's market", {
        description: 'As TikTok answered, read again when older than the setting categoryRulesHours.',
        params: PartnerParams,
        ok: CategoriesResponse,
      }),
    },
    async (request, reply) => {
      const shop = requireLocalShop(await connectionOf(deps.db, request));
      const { categories, fetchedAt } = await categoriesOf(deps, shop);
      return sendRecords(reply, renderCategories(treeOf(categories), shop.shopRegion, fetchedAt));
    },
  );

  api.get(
    '/Product/:partnerId/AttributeSets',
    {
      schema: operation(version, 'getPartnerAttributeSets', TAG, 'The columns of each category', {
        description:
          'Of the categories that were asked for: in feeds, by Product/{partnerId}/Specification, or on the page.',
        params: PartnerParams,
        ok: AttributeSetsResponse,
      }),
    },
    async (request, reply) => {
      const sets = await heldSets(deps, await connectionOf(deps.db, request));
      return sendRecords(
        reply,
        sets.map(({ categoryId, path, fields, fetchedAt }) => ({
          Name: categoryId,
          FriendlyName: path,
          Attributes: fields.map(({ name }) => name),
          DestinationId: categoryId,
          Hidden: false,
          HiddenFromPartner: false,
          SyncStatus: 'Synced',
          System: false,
          LastModified: fetchedAt,
        })),
      );
    },
  );

  api.get(
    '/Product/:partnerId/Attributes',
    {
      schema: operation(version, 'getPartnerAttributes', TAG, 'All columns of product feeds', {
        description:
          'Of the same categories; a column that differs between categories is there once for each form.',
        params: PartnerParams,
        ok: AttributesResponse,
      }),
    },
    async (request, reply) => {
      const sets = await heldSets(deps, await connectionOf(deps.db, request));
      const forms = new Map<string, { field: SpecificationField; ids: string[]; readAt: Date }>();
      for (const { categoryId, fields, fetchedAt } of sets) {
        for (const field of fields) {
          const key = JSON.stringify(field);
          const form = forms.get(key) ?? { field, ids: [], readAt: fetchedAt };
          form.ids.push(categoryId);
          forms.set(key, form);
        }
      }
      return sendRecords(
        reply,
        [...forms.values()].map(({ field, ids, readAt }) => renderAttribute(field, ids, readAt)),
      );
    },
  );
}

interface HeldSet {
  categoryId: string;
  path: string;
  fields: readonly SpecificationField[];
  fetchedAt: Date;
}

async function heldSets(deps: SpecificationDeps, connection: Connection): Promise<HeldSet[]> {
  const shop = requireLocalShop(connection);
  const market = limitsOf(shop);
  const tree = treeOf((await categoriesOf(deps, shop)).categories);
  const held = await listRules(deps.db.prisma, shop.id);
  return held.flatMap(({ categoryId, version, demands, attributes, fetchedAt }) => {
    const category = tree.byId.get(categoryId);
    if (category === undefined || version !== market.categoryVersion) return [];
    const fields = [
      ...identityFields(market),
      ...attributeFields(attributes),
      ...optionFields(attributes),
      ...priceFields(market),
      ...packagingFields(market, demands),
      ...complianceFields(demands, attributes, [], market),
      ...deliveryFields(market, demands),
    ];
    return [{ categoryId, path: pathText(category), fields, fetchedAt }];
  });
}

type Reply = Parameters<typeof sendJson>[0];

/** One shape for all versions: only v3 of Logicbroker's API has these lists. */
function sendRecords(reply: Reply, records: readonly object[]): Reply {
  const numbers = { page: 0, pageSize: Math.max(1, records.length), totalRecords: records.length };
  return sendJson(
    reply,
    listText(
      'v3',
      'Records',
      records.map((record) => writeJson(record)),
      numbers,
    ),
  );
}
