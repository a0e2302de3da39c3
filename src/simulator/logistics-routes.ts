import { Type } from 'typebox';

import { badParameter } from './gateway/api-error.js';
import { NoBody, NoQuery } from './gateway/parameters.js';
import { accountRoute, shopRoute } from './gateway/route.js';
import { refuseFulfilment } from './fulfilment/fulfilment-error.js';
import type { DeliveryOption, Warehouse } from './state/model.js';
import { countryOf, isEuropean, providersOn, type Route } from './state/routes.js';
import type { Shop, World } from './state/world.js';

const versions = ['202309'];
const scopes = ['seller.logistics'];

/** TikTok: Get Warehouse List 202309. */
export const warehousesRoute = shopRoute({
  method: 'GET',
  path: '/logistics/{version}/warehouses',
  versions,
  scopes,
  query: NoQuery,
  body: NoBody,
  handle: ({ shop }) => ({
    warehouses: shop.warehouses.map((warehouse) => renderWarehouse(shop, warehouse)),
  }),
});

/** TikTok: Get Warehouse Delivery Options 202309. */
export const deliveryOptionsRoute = shopRoute({
  method: 'GET',
  path: '/logistics/{version}/warehouses/{warehouse_id}/delivery_options',
  versions,
  scopes,
  query: Type.Object({ scope: Type.Optional(Type.Enum(['WAREHOUSE', 'PRODUCT'])) }),
  body: NoBody,
  handle: ({ shop, params }) => {
    if (!shop.warehouses.some(({ id }) => id === params['warehouse_id'])) {
      throw badParameter('WarehouseId is invalid.');
    }
    return { delivery_options: shop.deliveryOptions.map((option) => renderDeliveryOption(shop, option)) };
  },
});

const Country = Type.Optional(Type.String());

/** TikTok: Get Shipping Providers 202309. In the EU both countries of the way are to be named (since March 2026). */
export const shippingProvidersRoute = shopRoute({
  method: 'GET',
  path: '/logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers',
  versions,
  scopes: ['seller.fulfillment.basic', 'seller.logistics'],
  query: Type.Object({ warehouse_region: Country, buyer_region: Country }),
  body: NoBody,
  handle: ({ world, shop, params, query }) => {
    const option = shop.deliveryOptions.find(({ id }) => id === params['delivery_option_id']);
    if (option === undefined) throw badParameter('DeliveryOptionId is invalid.');
    if (option.shippingType === 'TIKTOK') throw refuseFulfilment(21008117);
    const providers = providersOn(shop, option, routeAsked(world, shop, query));
    return { shipping_providers: providers.map(({ id, name }) => ({ id, name })) };
  },
});

function routeAsked(
  world: World,
  shop: Shop,
  query: { warehouse_region?: string; buyer_region?: string },
): Route {
  const home = shop.region.code;
  const route = { from: query.warehouse_region ?? home, to: query.buyer_region ?? home };
  if (!isEuropean(home)) return route;
  const isNamed = query.warehouse_region !== undefined && query.buyer_region !== undefined;
  if (!isNamed && world.behaviour.providersWithoutRoute === 'refused')
    throw badParameter('WarehouseRegion and BuyerRegion are required in this market.');
  if (!isEuropean(route.from)) throw badParameter('WarehouseRegion is invalid.');
  if (!isEuropean(route.to)) throw badParameter('BuyerRegion is invalid.');
  return route;
}

/** TikTok: Get Global Seller Warehouse 202309. Only cross-border sellers have any. */
export const globalWarehousesRoute = accountRoute({
  method: 'GET',
  path: '/logistics/{version}/global_warehouses',
  versions,
  scopes: ['seller.shop.info'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, authorization }) => ({
    global_warehouses: authorization.shopIds
      .flatMap((id) => world.shops.get(id) ?? [])
      .filter((shop) => shop.sellerType === 'CROSS_BORDER')
      .flatMap((shop) => shop.warehouses)
      .map(({ entityId, name }) => ({ id: entityId, name, ownership: 'SELLER' })),
  }),
});

function renderWarehouse(shop: Shop, warehouse: Warehouse): object {
  const { region } = shop;
  const [place] = region.places;
  const [state = '', city = '', district = '', town = ''] = place?.districts ?? [];
  return {
    id: warehouse.id,
    entity_id: warehouse.entityId,
    name: warehouse.name,
    effect_status: warehouse.effectStatus,
    type: warehouse.type,
    sub_type: warehouse.subType,
    is_default: warehouse.isDefault,
    address: {
      region: region.country,
      state,
      city,
      // TikTok's own spelling of the key.
      distict: district,
      town,
      contact_person: 'Sample Contact',
      first_name: 'Sample',
      last_name: 'Contact',
      postal_code: place?.postalCode ?? '',
      full_address: [place?.line1, city, state, region.country].join(', '),
      region_code: countryOf(shop, warehouse.id),
      phone_number: region.phone,
      address_line1: place?.line1 ?? '',
      address_line2: '',
      address_line3: '',
      address_line4: '',
      geolocation: { latitude: '0.0000', longitude: '0.0000' },
    },
  };
}

function renderDeliveryOption(shop: Shop, option: DeliveryOption): object {
  const imperial = shop.region.code === 'US';
  return {
    id: option.id,
    name: option.name,
    type: option.type,
    description: option.name,
    dimension_limit: { max_height: 100, max_length: 100, max_width: 100, unit: imperial ? 'INCH' : 'CM' },
    weight_limit: { max_weight: imperial ? 150 : 50_000, min_weight: 0, unit: imperial ? 'POUND' : 'GRAM' },
    platform: shop.region.code === 'ID' ? ['TIKTOK_SHOP', 'TOKOPEDIA'] : ['TIKTOK_SHOP'],
  };
}
