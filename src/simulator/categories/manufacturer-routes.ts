import { Type, type Static } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { accountRoute } from '../gateway/route.js';
import {
  complianceId,
  localeOf,
  mustBeEmail,
  mustSellInEurope,
  ownOf,
  refuseCompliance,
  searchCompliance,
} from './compliance.js';
import type { Manufacturer } from './listing-world.js';

const Text = Type.Optional(Type.String());
const scopes = ['seller.product.basic'];

const Body = Type.Object({
  name: Text,
  registered_trade_name: Text,
  email: Text,
  phone_number: Type.Optional(Type.Object({ availability: Text, country_code: Text, local_number: Text })),
  address: Text,
  locale: Text,
});

/** TikTok: Create Manufacturer 202409. UNCONFIRMED: two of the same content are two; the reference names no check. */
export const createManufacturerRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/manufacturers',
  versions: ['202409'],
  scopes,
  query: NoQuery,
  body: Body,
  handle: ({ world, authorization, body }) => {
    mustSellInEurope(world, authorization);
    const made: Manufacturer = {
      id: complianceId('manufacturer', world.listing.manufacturers.length),
      openId: authorization.openId,
      locale: localeOf(world, authorization, body.locale),
      ...checkedManufacturer(body),
    };
    world.listing.manufacturers.push(made);
    world.changed();
    return { manufacturer_id: made.id };
  },
});

function checkedManufacturer(body: Static<typeof Body>): Omit<Manufacturer, 'id' | 'openId' | 'locale'> {
  const { name = '', registered_trade_name: tradeName = '', address = '' } = body;
  if (name.trim() === '') throw refuseCompliance(38023033);
  if (name.length > 255) throw refuseCompliance(38023044);
  if (tradeName.length > 200) throw refuseCompliance(38023045);
  if (address.trim() === '') throw refuseCompliance(38023034);
  if (address.length > 500) throw refuseCompliance(38023043);
  return { name, tradeName, address, email: mustBeEmail(body.email), phone: phoneOf(body.phone_number) };
}

function phoneOf(given: Static<typeof Body>['phone_number']): Manufacturer['phone'] {
  const { availability = 'AVAILABLE', country_code: country = '', local_number: local = '' } = given ?? {};
  if (availability === 'UNAVAILABLE') return { availability, country_code: '', local_number: '' };
  if (availability !== 'AVAILABLE') throw refuseCompliance(38023060);
  if (!/^\+\d{1,4}$/.test(country)) throw refuseCompliance(38023046);
  if (!/^\d{7,20}$/.test(local)) throw refuseCompliance(38023041);
  return { availability, country_code: country, local_number: local };
}

/** TikTok: Partial Edit Manufacturer 202409: whole top-level fields are replaced. */
export const editManufacturerRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/manufacturers/{manufacturer_id}/partial_edit',
  versions: ['202409'],
  scopes,
  query: NoQuery,
  body: Body,
  handle: ({ world, authorization, params, body }) => {
    mustSellInEurope(world, authorization);
    const known = ownOf(world.listing.manufacturers, params['manufacturer_id'], authorization);
    const { tradeName, phone, ...same } = known;
    Object.assign(
      known,
      checkedManufacturer({ ...same, registered_trade_name: tradeName, phone_number: phone, ...body }),
    );
    world.changed();
    return {};
  },
});

/** TikTok: Search Manufacturers 202501 (202409 too). Translations are made up: the same words under another locale. */
export const searchManufacturersRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/manufacturers/search',
  versions: ['202409', '202501'],
  scopes,
  query: Type.Object({ page_size: Type.Integer(), page_token: Type.Optional(Type.String()) }),
  body: Type.Object({
    manufacturer_ids: Type.Optional(Type.Array(Type.String())),
    keyword: Text,
    locales: Type.Optional(Type.Array(Type.String())),
  }),
  handle: ({ world, authorization, query, body }) => {
    const { rows, ...page } = searchCompliance('manufacturers', {
      world,
      authorization,
      query,
      ids: body.manufacturer_ids,
      keyword: body.keyword,
      locales: body.locales,
      unknownLocale: 38023057,
      all: world.listing.manufacturers,
      textsOf: (one) => [one.name, one.tradeName, one.phone.local_number, one.email],
    });
    return {
      manufacturers: rows.map(({ entity: one, locales }) => ({
        id: one.id,
        regional_profiles: locales.map((locale) => ({
          locale,
          name: one.name,
          registered_trade_name: one.tradeName,
          email: one.email,
          phone_number: one.phone,
          address: one.address,
        })),
      })),
      ...page,
    };
  },
});
