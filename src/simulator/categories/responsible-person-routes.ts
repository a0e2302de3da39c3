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
import type { ResponsiblePerson } from './listing-world.js';

const Text = Type.Optional(Type.String());
const scopes = ['seller.product.basic'];

const Body = Type.Object({
  name: Text,
  email: Text,
  phone_number: Type.Optional(Type.Object({ country_code: Text, local_number: Text })),
  address: Type.Optional(
    Type.Object({
      street_address_line1: Text,
      street_address_line2: Text,
      district: Text,
      city: Text,
      postal_code: Text,
      province: Text,
      country: Text,
    }),
  ),
  locale: Text,
});

const countries = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(
  ' ',
);
const phoneCodes =
  '+43 +32 +359 +357 +420 +49 +45 +372 +34 +358 +33 +30 +385 +36 +353 +39 +370 +352 +371 +356 +31 +48 +351 +40 +46 +386 +421'.split(
    ' ',
  );

/** TikTok: Create Responsible Person 202409. */
export const createResponsiblePersonRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/responsible_persons',
  versions: ['202409'],
  scopes,
  query: NoQuery,
  body: Body,
  handle: ({ world, authorization, body }) => {
    mustSellInEurope(world, authorization);
    const made: ResponsiblePerson = {
      id: complianceId('person', world.listing.responsiblePersons.length),
      openId: authorization.openId,
      locale: localeOf(world, authorization, body.locale),
      ...checkedPerson(body),
    };
    world.listing.responsiblePersons.push(made);
    world.changed();
    return { responsible_person_id: made.id };
  },
});

function checkedPerson(body: Static<typeof Body>): Omit<ResponsiblePerson, 'id' | 'openId' | 'locale'> {
  const { name = '', address, phone_number: phone } = body;
  if (name.trim() === '') throw refuseCompliance(38023022);
  if (name.length > 200) throw refuseCompliance(38023044);
  const { street_address_line1: street = '', postal_code: postal = '', country = '' } = address ?? {};
  if (street.trim() === '' || postal.trim() === '') throw refuseCompliance(38023024);
  if (Object.values(address ?? {}).some((part) => (part ?? '').length > 500))
    throw refuseCompliance(38023043);
  if (!countries.includes(country)) throw refuseCompliance(38023026);
  const { country_code: code = '', local_number: local = '' } = phone ?? {};
  if (!phoneCodes.includes(code)) throw refuseCompliance(38023028);
  if (!/^\d{7,11}$/.test(local)) throw refuseCompliance(38023041);
  return {
    name,
    email: mustBeEmail(body.email),
    phone: { country_code: code, local_number: local },
    address: { ...mergedAddress(address ?? {}), postal_code: postal, country },
  };
}

/** TikTok: the deprecated parts are merged into the first line. UNCONFIRMED: how they are joined. */
function mergedAddress(address: NonNullable<Static<typeof Body>['address']>): Record<string, string> {
  const parts = [
    address.street_address_line1,
    address.street_address_line2,
    address.district,
    address.city,
    address.province,
  ];
  const line = parts.filter((part) => part !== undefined && part !== '' && part !== '-').join(', ');
  return { street_address_line1: line };
}

/** TikTok: Partial Edit Responsible Person 202409. */
export const editResponsiblePersonRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/responsible_persons/{responsible_person_id}/partial_edit',
  versions: ['202409'],
  scopes,
  query: NoQuery,
  body: Body,
  handle: ({ world, authorization, params, body }) => {
    mustSellInEurope(world, authorization);
    const known = ownOf(world.listing.responsiblePersons, params['responsible_person_id'], authorization);
    const { phone, ...same } = known;
    Object.assign(known, checkedPerson({ ...same, phone_number: phone, ...body }));
    world.changed();
    return {};
  },
});

/** TikTok: Search Responsible Persons 202501 (202409 too). */
export const searchResponsiblePersonsRoute = accountRoute({
  method: 'POST',
  path: '/product/{version}/compliance/responsible_persons/search',
  versions: ['202409', '202501'],
  scopes,
  query: Type.Object({ page_size: Type.Integer(), page_token: Type.Optional(Type.String()) }),
  body: Type.Object({
    responsible_person_ids: Type.Optional(Type.Array(Type.String())),
    keyword: Text,
    locales: Type.Optional(Type.Array(Type.String())),
  }),
  handle: ({ world, authorization, query, body }) => {
    const { rows, ...page } = searchCompliance('persons', {
      world,
      authorization,
      query,
      ids: body.responsible_person_ids,
      keyword: body.keyword,
      locales: body.locales,
      unknownLocale: 38023050,
      all: world.listing.responsiblePersons,
      textsOf: (one) => [one.name, one.phone.local_number, one.email],
    });
    return {
      responsible_persons: rows.map(({ entity: one, locales }) => ({
        id: one.id,
        regional_profiles: locales.map((locale) => ({
          locale,
          name: one.name,
          email: one.email,
          phone_number: one.phone,
          address: one.address,
        })),
      })),
      ...page,
    };
  },
});
