import { Type } from 'typebox';

import { CommaList } from '../gateway/parameters.js';
import { accountRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { pageOf } from './page-of.js';

const MOST_IN_A_PAGE = 100;

/** TikTok: Search Size Charts 202407. Ids win over the keyword; the list has a key in the singular. */
export const searchSizeChartsRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/sizecharts/search',
  versions: ['202407'],
  scopes: ['seller.product.basic'],
  query: Type.Object({
    page_size: Type.Integer(),
    page_token: Type.Optional(Type.String()),
    locales: Type.Optional(CommaList({ maxItems: 20 })),
  }),
  body: Type.Object({
    ids: Type.Optional(Type.Array(Type.String())),
    keyword: Type.Optional(Type.String()),
  }),
  handle: ({ world, authorization, query, body }) => {
    if (query.page_size < 1 || query.page_size > MOST_IN_A_PAGE) throw refuseProduct(12019109);
    const { ids, keyword = '' } = body;
    const found = world.listing.sizeCharts.filter(
      ({ id, shopId, name }) =>
        authorization.shopIds.includes(shopId) &&
        (ids === undefined ? name.toLowerCase().includes(keyword.toLowerCase()) : ids.includes(id)),
    );
    const page = pageOf(world, found, ['size charts', authorization.openId, body], query);
    return {
      size_chart: page.rows.map(({ id, name, images }) => ({
        template_id: id,
        template_name: name,
        images: images.filter(({ locale }) => query.locales === undefined || query.locales.includes(locale)),
      })),
      next_page_token: page.nextToken,
      total_count: found.length,
    };
  },
});
