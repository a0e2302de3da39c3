import { isEuropean } from '../state/routes.js';
import type { Shop, World } from '../state/world.js';
import * as data from './attribute-data.js';
import type {
  Category,
  CategoryAttribute,
  CategoryRules,
  CategoryVersion,
  PermissionStatus,
} from './category-model.js';
import { isSouthEastAsian, treeOf, versionsOf, type CategoryTree } from './category-trees.js';
import { changesFor } from './rule-changes.js';

/** Of the shop's market; of the version that was asked for, else of the newest that the market has. */
export function categoriesOf(shop: Shop, version?: CategoryVersion): CategoryTree {
  return treeOf(shop.region, version ?? versionsOf(shop.region).at(-1) ?? 'v1');
}

/** A category of the shop's market, in one version or in any; undefined for one that the market does not have, or not any more. */
export function findCategory(
  world: World,
  shop: Shop,
  id: string,
  version?: CategoryVersion,
): Category | undefined {
  const versions = version === undefined ? versionsOf(shop.region) : [version];
  const found = versions
    .filter((known) => versionsOf(shop.region).includes(known))
    .flatMap((known) => treeOf(shop.region, known).byId.get(id) ?? [])[0];
  const isClosed = found !== undefined && changesFor(world, shop, found).some(({ kind }) => kind === 'close');
  return isClosed ? undefined : found;
}

/** What this shop may do there now: Seller Center's word for the shop wins over what holds for everybody. */
export function permissionsOf(world: World, shop: Shop, category: Category): readonly PermissionStatus[] {
  const own = shop.listing?.permissions[category.id];
  if (own !== undefined) return own;
  const changed = changesFor(world, shop, category).findLast((change) => change.kind === 'permission');
  return changed?.statuses ?? category.permissions;
}

const cashMarkets: readonly string[] = ['ID', 'MY', 'PH', 'SA', 'TH', 'VN'];
/** Where package dimensions are optional. */
const sizesOptional: readonly string[] = ['ID', 'TH', 'VN'];

/** What Get Category Rules would answer for the shop now. */
export function rulesOf(world: World, shop: Shop, category: Category): CategoryRules {
  const { code } = shop.region;
  const eu = isEuropean(code);
  const isSafetyGoods = ['toys', 'electronics', 'beauty', 'chemical', 'medical'].includes(category.family);
  const rules: CategoryRules = {
    certificates: category.certificates.map((certificate) => ({ ...certificate })),
    sizeChart: category.sizeChart,
    codSupported: cashMarkets.includes(code) && category.codSupported,
    packageDimensionsRequired: category.family !== 'virtual' && !sizesOptional.includes(code),
    eprRequired: ['DE', 'ES', 'FR'].includes(code) && category.family === 'electronics',
    responsiblePersonRequired: eu && isSafetyGoods,
    manufacturerRequired: eu && isSafetyGoods,
    specialTypes:
      code === 'US' && category.family === 'apparel' ? ['PRE_ORDER', 'MADE_TO_ORDER', 'CUSTOM'] : [],
    fees: code === 'DE' && category.family === 'drinks' ? [{ type: 'PFAND', isRequired: true }] : [],
  };
  for (const change of changesFor(world, shop, category)) {
    if (change.kind === 'rules') Object.assign(rules, change.rules);
    if (change.kind === 'certificate') {
      rules.certificates = [
        ...rules.certificates.filter(({ id }) => id !== change.certificate.id),
        change.certificate,
      ];
    }
    if (change.kind === 'no_certificate')
      rules.certificates = rules.certificates.filter(({ id }) => id !== change.certificateId);
  }
  return rules;
}

/** What Get Attributes would answer for the shop now. */
export function attributesOf(world: World, shop: Shop, category: Category): CategoryAttribute[] {
  let attributes = baseAttributes(shop.region.code, category);
  for (const change of changesFor(world, shop, category)) {
    if (change.kind === 'attribute') {
      attributes = [...attributes.filter(({ id }) => id !== change.attribute.id), change.attribute];
    }
    if (change.kind === 'no_attribute') attributes = attributes.filter(({ id }) => id !== change.attributeId);
    if (change.kind === 'require_attribute') {
      attributes = attributes.map((attribute) =>
        attribute.id === change.attributeId ? { ...attribute, isRequired: change.isRequired } : attribute,
      );
    }
  }
  return attributes;
}

function baseAttributes(region: string, { family, certificates }: Category): CategoryAttribute[] {
  if (family === 'virtual') return [];
  const asksDangers = region === 'US' || region === 'GB';
  const dangers = asksDangers ? [...dangersOf(family), data.otherDangers] : [];
  const asian = isSouthEastAsian(region) ? asianAttributes(region, family) : [];
  const proposition = region === 'US' ? data.proposition65 : [];
  const known = [...salesOf(family), ...ownAttributes(region, family), ...dangers, ...asian, ...proposition];
  const asked = certificates.flatMap(({ conditions }) => conditions.map(({ attributeId }) => attributeId));
  const missing = [data.isToyOrMedical, ...data.warranty, ...data.flammables].filter(
    ({ id }) => asked.includes(id) && !known.some((attribute) => attribute.id === id),
  );
  return [...known, ...missing];
}

function salesOf(family: Category['family']): readonly CategoryAttribute[] {
  return family === 'apparel' || family === 'shoes'
    ? [data.colour, data.size]
    : [data.colour, data.specification];
}

function ownAttributes(region: string, family: Category['family']): readonly CategoryAttribute[] {
  switch (family) {
    case 'apparel':
      return data.apparel;
    case 'shoes':
      return data.apparel.slice(0, 1);
    case 'toys':
      return [
        data.recommendedAge,
        ...data.warranty,
        data.model,
        ...(region === 'US' ? [data.trackingLabel] : []),
      ];
    case 'electronics':
      return [...data.warranty, data.model, data.origin];
    case 'food':
    case 'drinks':
      return [data.shelfLife, data.origin];
    case 'supplement':
      return [data.shelfLife, ...(region === 'US' ? [data.dietaryDisclaimer] : [])];
    default:
      return [data.occasion, data.origin];
  }
}

function dangersOf(family: Category['family']): readonly CategoryAttribute[] {
  if (family === 'electronics' || family === 'toys') return data.batteries;
  if (family === 'chemical' || family === 'beauty' || family === 'auto') return data.flammables;
  return [];
}

/** Since October 2024 many categories ask for dangerous goods; Malaysia asks for the registration of supplements. */
function asianAttributes(region: string, family: Category['family']): readonly CategoryAttribute[] {
  const registration =
    region === 'MY' && family === 'supplement' ? [data.registration, data.registrationNumber] : [];
  const dangerous = ['electronics', 'beauty', 'chemical', 'auto'].includes(family) ? [data.otherDangers] : [];
  return [...registration, ...dangerous];
}
