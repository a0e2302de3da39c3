import type {
  CategoryDemands,
  CategoryHints,
  CategoryVersion,
  ListingAttribute,
  ShopBrand,
  ShopCategory,
  ShopPrerequisite,
  SizeChartTemplate,
} from '../domain/listing.js';
import { endpoints } from './endpoints.js';
import {
  mapAttribute,
  mapBrand,
  mapCategory,
  mapDemands,
  mapPrerequisite,
  mapSizeChart,
} from './map/listing-mapping.js';
import { readData, readList, type ShopCall } from './shop-call.js';
import { requiredText } from './wire/read.js';

/** What TikTok demands of products, and what a shop may use for them. Names come in the language of the shop's market. */
export interface ListingCalls {
  /** The whole tree, flat. With the prohibited ones where TikTok shows them. */
  listCategories(version: CategoryVersion): Promise<ShopCategory[]>;
  /** @throws TikTokError refused for a category that is none, no leaf, of the other version, or closed to the shop */
  readDemands(categoryId: string, version: CategoryVersion): Promise<CategoryDemands>;
  readAttributes(categoryId: string, version: CategoryVersion): Promise<ListingAttribute[]>;
  /** The id of the leaf that TikTok proposes. @throws TikTokError refused where it finds none */
  recommendCategory(hints: CategoryHints, version: CategoryVersion): Promise<string>;
  /** Brands whose name begins so, the first hundred. */
  searchBrands(name: string, of?: { categoryId: string; version: CategoryVersion }): Promise<ShopBrand[]>;
  listPrerequisites(): Promise<ShopPrerequisite[]>;
  /** Size charts of the seller, the first hundred. */
  searchSizeCharts(keyword: string): Promise<SizeChartTemplate[]>;
}

/** TikTok: the largest page of brands and of size charts. */
const PAGE_SIZE = 100;

/** @param callAccount the same for calls of the whole account, which TikTok refuses with a cipher */
export function createListingCalls(call: ShopCall, callAccount: ShopCall): ListingCalls {
  return {
    async listCategories(version) {
      const { data } = await call({
        endpoint: endpoints.categories,
        query: { category_version: version, include_prohibited_categories: 'true' },
      });
      return readList(data['categories'], mapCategory);
    },

    async readDemands(categoryId, version) {
      const answer = await call({
        endpoint: endpoints.categoryRules,
        ids: { category_id: categoryId },
        query: { category_version: version },
      });
      return readData(answer, 'read', mapDemands);
    },

    async readAttributes(categoryId, version) {
      const { data } = await call({
        endpoint: endpoints.categoryAttributes,
        ids: { category_id: categoryId },
        query: { category_version: version },
      });
      return readList(data['attributes'], mapAttribute);
    },

    async recommendCategory({ title, description, productType, sourceCategory }, version) {
      const answer = await call({
        endpoint: endpoints.recommendCategory,
        body: {
          product_title: title,
          category_version: version,
          ...(description ? { description } : {}),
          ...(productType ? { origin_platform_product_type: productType } : {}),
          ...(sourceCategory ? { origin_platform_category: sourceCategory } : {}),
        },
      });
      return readData(answer, 'read', (data) => requiredText(data['leaf_category_id'], 'leaf_category_id'));
    },

    async searchBrands(name, of) {
      const { data } = await call({
        endpoint: endpoints.brands,
        query: {
          page_size: PAGE_SIZE,
          brand_name: name,
          ...(of && { category_id: of.categoryId, category_version: of.version }),
        },
      });
      return readList(data['brands'], mapBrand);
    },

    async listPrerequisites() {
      const { data } = await call({ endpoint: endpoints.prerequisites });
      return readList(data['check_results'], mapPrerequisite);
    },

    async searchSizeCharts(keyword) {
      const { data } = await callAccount({
        endpoint: endpoints.sizeCharts,
        query: { page_size: PAGE_SIZE },
        body: keyword === '' ? {} : { keyword },
      });
      return readList(data['size_chart'], mapSizeChart);
    },
  };
}
