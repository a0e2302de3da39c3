import { Type } from 'typebox';

import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { isEuropean } from '../state/routes.js';
import type { Category, CategoryAttribute, CategoryRules, Certificate, Condition } from './category-model.js';
import { attributesOf, categoriesOf, findCategory, permissionsOf, rulesOf } from './category-rules.js';
import { isSouthEastAsian } from './category-trees.js';
import { leafNamed, versionMeant } from './named-category.js';

const versions = ['202309'];
const scopes = ['seller.product.basic'];
const Text = Type.Optional(Type.String());

/** TikTok: prohibited categories can be asked for in Brazil, Mexico, the EU and South-East Asia. */
function showsProhibited(region: string): boolean {
  return ['BR', 'MX'].includes(region) || isEuropean(region) || isSouthEastAsian(region);
}

/**
 * TikTok: Get Categories 202309, the whole tree in one answer. UNCONFIRMED: a keyword leaves only the categories with it in their
 * name, without those above them.
 */
export const categoriesRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/categories',
  versions,
  scopes,
  query: Type.Object({
    locale: Text,
    keyword: Text,
    category_version: Text,
    listing_platform: Text,
    include_prohibited_categories: Type.Optional(Type.Boolean()),
  }),
  body: NoBody,
  handle: ({ world, shop, query }) => {
    const tree = categoriesOf(shop, versionMeant(world, shop, query.category_version));
    const wanted = query.keyword?.toLowerCase();
    const withProhibited = query.include_prohibited_categories === true && showsProhibited(shop.region.code);
    const categories = tree.all.flatMap((category) => {
      const name = nameIn(category, query.locale, shop.region.code);
      if (wanted !== undefined && !name.toLowerCase().includes(wanted)) return [];
      if (findCategory(world, shop, category.id) === undefined) return [];
      const statuses = permissionsOf(world, shop, category);
      if (statuses.includes('PROHIBITED') && !withProhibited) return [];
      return [
        {
          id: category.id,
          parent_id: category.parentId,
          local_name: name,
          is_leaf: category.isLeaf,
          permission_statuses: [...statuses],
        },
      ];
    });
    return { categories };
  },
});

/** Default: the shop's own language. UNCONFIRMED: what TikTok answers for a language that it has no names in. */
export function nameIn(category: Category, locale: string | undefined, region: string): string {
  const isEnglish = locale?.startsWith('en') ?? (region !== 'ID' && isSouthEastAsian(region));
  return (isEnglish ? category.englishName : undefined) ?? category.name;
}

/** TikTok: Get Category Rules 202309. In the US it answers for invite-only categories too (since May 2025). */
export const rulesRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/categories/{category_id}/rules',
  versions,
  scopes,
  query: Type.Object({ category_version: Text, locale: Text }),
  body: NoBody,
  handle: ({ world, shop, params, query }) => {
    const category = leafNamed(world, shop, params['category_id'] ?? '', query.category_version);
    const statuses = permissionsOf(world, shop, category);
    if (statuses.includes('PROHIBITED')) throw refuseProduct(12052220);
    if (statuses.includes('INVITE_ONLY') && shop.region.code !== 'US') throw refuseProduct(12052226);
    return renderRules(rulesOf(world, shop, category));
  },
});

/** Seen live: `allowed_special_product_types` and `expiration_date` are left out when there is nothing to say, the others never. */
function renderRules(rules: CategoryRules): object {
  return {
    product_certifications: rules.certificates.map(renderCertificate),
    size_chart: {
      is_supported: rules.sizeChart !== 'none',
      is_required: rules.sizeChart === 'required',
    },
    cod: { is_supported: rules.codSupported },
    package_dimension: { is_required: rules.packageDimensionsRequired },
    epr: { is_required: rules.eprRequired },
    responsible_person: { is_required: rules.responsiblePersonRequired },
    manufacturer: { is_required: rules.manufacturerRequired },
    ...(rules.specialTypes.length === 0 ? {} : { allowed_special_product_types: rules.specialTypes }),
    ...(rules.fees.length === 0
      ? {}
      : { fees: rules.fees.map(({ type, isRequired }) => ({ type, is_required: isRequired })) }),
  };
}

function renderCertificate(certificate: Certificate): object {
  return {
    id: certificate.id,
    name: certificate.name,
    is_required: certificate.isRequired,
    document_details: certificate.details,
    sample_image_url: `https://images.example.com/certificates/${certificate.id}.jpeg`,
    ...renderConditions(certificate.conditions),
    ...(certificate.needsExpiry ? { expiration_date: { is_required: true } } : {}),
  };
}

function renderConditions(conditions: readonly Condition[]): object {
  if (conditions.length === 0) return {};
  return {
    requirement_conditions: conditions.map(({ attributeId, valueId }) => ({
      condition_type: 'VALUE_ID_MATCH',
      attribute_id: attributeId,
      attribute_value_id: valueId,
    })),
  };
}

/** TikTok: Get Attributes 202309. */
export const attributesRoute = shopRoute({
  method: 'GET',
  path: '/product/{version}/categories/{category_id}/attributes',
  versions,
  scopes,
  query: Type.Object({ category_version: Text, locale: Text }),
  body: NoBody,
  handle: ({ world, shop, params, query }) => {
    const category = leafNamed(world, shop, params['category_id'] ?? '', query.category_version);
    return { attributes: attributesOf(world, shop, category).map(renderAttribute) };
  },
});

function renderAttribute(attribute: CategoryAttribute): object {
  return {
    id: attribute.id,
    name: attribute.name,
    type: attribute.type,
    // TikTok's own spelling of the key.
    is_requried: attribute.isRequired,
    is_customizable: attribute.isCustomizable,
    is_multiple_selection: attribute.isMultiple,
    ...(attribute.values.length === 0 ? {} : { values: attribute.values }),
    ...(attribute.format === undefined ? {} : { value_data_format: attribute.format }),
    ...renderConditions(attribute.conditions),
  };
}
