import { adviceOf } from './category-permission.js';
import { pathText, type CategoryTree } from './category-tree.js';
import type { FeedSpecification } from './read-specification.js';
import type { SpecificationField } from './specification-field.js';

/** The tree in the shape of Logicbroker's catalogue. @param region two letters */
export function renderCategories(tree: CategoryTree, region: string, readAt: Date): object[] {
  const children = new Map<string | null, number>();
  return tree.all.map((category) => {
    const position = (children.get(category.parentId) ?? 0) + 1;
    children.set(category.parentId, position);
    return {
      Id: category.id,
      ...(category.parentId === null ? {} : { ParentId: category.parentId }),
      Name: category.name,
      AttributeSet: category.id,
      DestinationId: category.id,
      Hidden: category.permissions.includes('PROHIBITED'),
      HiddenFromPartner: adviceOf(category.permissions, region).outcome === 'refused',
      CustomAttributes: category.permissions.join(', '),
      SyncStatus: 'Synced',
      Position: position,
      Level: category.path.length,
      Children: countChildren(tree).get(category.id) ?? 0,
      Path: pathText(category),
      LastModified: readAt,
    };
  });
}

const counted = new WeakMap<CategoryTree, ReadonlyMap<string, number>>();

/** Counted once for a tree: it has thousands of categories. */
function countChildren(tree: CategoryTree): ReadonlyMap<string, number> {
  const known = counted.get(tree);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const { parentId } of tree.all)
    if (parentId !== null) counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
  counted.set(tree, counts);
  return counts;
}

const COMMON_GROUPS: readonly string[] = ['identity', 'product', 'price', 'packaging', 'delivery'];

/** @param categoryIds those that have the field */
export function renderAttribute(
  field: SpecificationField,
  categoryIds: readonly string[],
  readAt: Date,
): object {
  return {
    Name: field.name,
    FriendlyName: field.label,
    Type: field.type,
    Group: field.group,
    Description: field.condition === null ? field.description : `${field.description} ${field.condition}`,
    Options: field.options.map(({ name }) => name),
    System: COMMON_GROUPS.includes(field.group),
    Tags: field.scope,
    Hidden: false,
    HiddenFromPartner: false,
    DestinationId: field.destination,
    CustomAttributes: categoryIds.join(', '),
    SyncStatus: 'Synced',
    Editor: field.isOpen ? 'text' : 'list',
    ValidationRules: rulesOf(field),
    LastModified: readAt,
  };
}

function rulesOf(field: SpecificationField): object[] {
  // A condition that is words only stands in the description: as a rule without conditions it would bind every product.
  const isRule = field.need === 'required' || field.conditions.length > 0;
  const { least, most, decimals } = field.limits;
  const isText = field.type === 'text' || field.type === 'html' || field.type === 'choice';
  const bounds = {
    ...(least === undefined ? {} : { Minimum: least }),
    ...(most === undefined ? {} : { Maximum: most }),
  };
  return [
    ...(isRule ? [requiredRule(field)] : []),
    ...(Object.keys(bounds).length === 0 ? [] : [{ Type: isText ? 'Length' : 'Range', Parameters: bounds }]),
    ...(decimals === undefined ? [] : [{ Type: 'Decimals', Parameters: { Maximum: String(decimals) } }]),
    ...(field.isOpen || field.options.length === 0
      ? []
      : [{ Type: 'OneOf', ErrorMessage: 'TikTok takes the options only.', Parameters: {} }]),
  ];
}

function requiredRule({ label, condition, conditions }: SpecificationField): object {
  return {
    Type: 'Required',
    ErrorMessage: condition ?? `${label} is required.`,
    Parameters: {},
    ...(conditions.length === 0
      ? {}
      : {
          Conditions: conditions.map(({ field, value }) => ({
            Type: 'Equals',
            Field: field,
            Parameters: { Value: value },
          })),
        }),
  };
}

export function renderSpecification(specification: FeedSpecification, now: Date): object {
  const { category, advice, market, fields, missing, fees, readAt } = specification;
  return {
    CategoryId: category.id,
    CategoryPath: category.path,
    CategoryVersion: market.categoryVersion,
    Region: market.region,
    Permissions: category.permissions,
    Outcome: advice.outcome,
    Advice: advice.text,
    ...(advice.next === null ? {} : { Next: advice.next }),
    Attributes: fields.map((field) => renderAttribute(field, [category.id], readAt)),
    AsOf: readAt,
    AgeSeconds: Math.max(0, Math.round((now.getTime() - readAt.getTime()) / 1000)),
    MostSkus: market.mostSkus,
    NeedsEpr: specification.needsEpr,
    Fees: fees.map(({ type, isRequired }) => (isRequired ? `${type} (required)` : type)),
    ...(missing === null
      ? {}
      : {
          Missing: missing.map(({ item, reasons, next }) => ({ Item: item, Reasons: reasons, Next: next })),
        }),
    DailyLimits: market.dailyLimits,
    IsLimitReached: specification.isLimitReached,
  };
}
