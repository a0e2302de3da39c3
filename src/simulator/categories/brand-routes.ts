import { Type } from 'typebox';

import { NoBody, NoQuery } from '../gateway/parameters.js';
import { accountRoute, shopRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { brandsMadeBy, brandsOf, isBrandName, type ShopBrand } from './brand-book.js';
import { findCategory } from './category-rules.js';
import { versionMeant } from './named-category.js';
import { pageOf } from './page-of.js';

const versions = ['202309'];
const scopes = ['seller.product.basic'];
const MOST_IN_A_PAGE = 100;
const DAY_SEC = 86_400;
const MOST_IN_A_DAY = 50;
const MOST_IN_ALL = 1000;

/** TikTok: Get Brands 202309. UNCONFIRMED: the word of `brand_status` for a brand that may not be used. */
export const brandsRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/brands',
  versions,
  scopes,
  query: Type.Object({
    category_id: Type.Optional(Type.String()),
    is_authorized: Type.Optional(Type.Boolean()),
    brand_name: Type.Optional(Type.String()),
    page_size: Type.Integer(),
    page_token: Type.Optional(Type.String()),
    category_version: Type.Optional(Type.String()),
  }),
  body: NoBody,
  handle: ({ world, shop, query }) => {
    const { page_size: pageSize, page_token: token, ...filter } = query;
    if (pageSize < 1 || pageSize > MOST_IN_A_PAGE) throw refuseProduct(12019109);
    if (filter.category_id !== undefined) {
      const version = versionMeant(world, shop, filter.category_version);
      if (findCategory(world, shop, filter.category_id, version) === undefined) throw refuseProduct(12052023);
    }
    const prefix = (filter.brand_name ?? '').toLowerCase();
    const found = brandsOf(world, shop).filter(
      ({ name, isAuthorized }) =>
        name.toLowerCase().startsWith(prefix) &&
        (filter.is_authorized === undefined || filter.is_authorized === isAuthorized),
    );
    const page = pageOf(world, found, ['brands', shop.id, filter], {
      page_size: pageSize,
      page_token: token,
    });
    return {
      brands: page.rows.map(renderBrand),
      total_count: found.length,
      next_page_token: page.nextToken,
    };
  },
});

function renderBrand({ id, name, isAuthorized, isT1 }: ShopBrand): object {
  return {
    id,
    name,
    // TikTok's own spelling of the word.
    authorized_status: isAuthorized ? 'AUTHORIZED' : 'UNAUTHORIEZD',
    is_t1_brand: isT1,
    brand_status: isAuthorized || !isT1 ? 'AVAILABLE' : 'UNAVAILABLE',
  };
}

/** TikTok: Create Custom Brands 202309. UNCONFIRMED: whether names are held apart by case. */
export const createBrandRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/brands',
  versions,
  scopes,
  query: NoQuery,
  body: Type.Object({ name: Type.String() }),
  handle: ({ world, authorization, body, nowSec }) => {
    const name = body.name.trim();
    const { openId } = authorization;
    if (Array.from(name).length < 2) throw refuseProduct(12052189);
    if (Array.from(name).length > 30) throw refuseProduct(12052190);
    if (/[\p{Extended_Pictographic}\p{C}]/u.test(name)) throw refuseProduct(12052191);
    if (/\d{5}/.test(name)) throw refuseProduct(12052192);
    if (isBrandName(world, openId, name)) throw refuseProduct(12052205);
    const own = brandsMadeBy(world, openId);
    if (own.length >= MOST_IN_ALL) throw refuseProduct(12052203);
    if (own.filter(({ createdSec }) => createdSec > nowSec - DAY_SEC).length >= MOST_IN_A_DAY)
      throw refuseProduct(12052202);
    const brand = { id: world.ids.next('brand'), name, isT1: false, openId, createdSec: nowSec };
    world.listing.brands.push(brand);
    world.changed();
    return { id: brand.id };
  },
});
