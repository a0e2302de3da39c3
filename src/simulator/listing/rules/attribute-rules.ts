import type { CategoryAttribute, Condition } from '../../categories/category-model.js';
import type { NamedAttribute } from '../../state/content.js';
import { hasDoubles, type Blanks, type Facts, type ListingRule } from '../listing-rule.js';
import { hasChinese, isForbiddenText } from '../plain-text.js';

const MOST_CUSTOM = 2000;

type Value = NamedAttribute['values'][number];

interface Given {
  attribute: NamedAttribute;
  known: CategoryAttribute | undefined;
  value: Value;
}

export const attributeRules: readonly ListingRule[] = [
  { code: 12052241, broken: ({ content }) => content.attributes.some(({ id }) => id === '') },
  { code: 12052254, broken: ({ content }) => hasDoubles(content.attributes.map(({ id }) => id)) },
  // UNCONFIRMED: an attribute that the category does not have is dropped like a value that it does not have.
  {
    code: 12052247,
    broken: ({ content, attributes, category }) =>
      category !== undefined && content.attributes.some(({ id }) => !attributes.some((one) => one.id === id)),
    clears: {
      field: ({ content, attributes }) =>
        `[product_attributes.id]:${content.attributes.find(({ id }) => !attributes.some((one) => one.id === id))?.id ?? ''}`,
      reason: 'The product attribute does not belong to the category',
      without: ({ content, attributes }) => ({
        ...content,
        attributes: content.attributes.filter(({ id }) => attributes.some((one) => one.id === id)),
      }),
    },
  },
  {
    code: 12052248,
    broken: anyValue(({ value }) => value.id === '' && value.name.trim() === ''),
  },
  {
    code: 12052253,
    broken: ({ content }) =>
      content.attributes.some(({ values }) =>
        hasDoubles(values.map(({ id }) => id).filter((id) => id !== '')),
      ),
  },
  {
    code: 12052251,
    broken: ({ content }) =>
      content.attributes.some(({ values }) =>
        hasDoubles(values.filter(({ id }) => id === '').map(({ name }) => name)),
      ),
  },
  {
    code: 12052246,
    broken: ({ content, attributes }) => {
      const found = content.attributes.find(
        ({ id, values }) =>
          values.length > 1 && attributes.find((one) => one.id === id)?.isMultiple === false,
      );
      return found && { property_type: 'product attribute', property_id: found.id };
    },
  },
  {
    code: 12052249,
    broken: (facts) => {
      const found = givenValues(facts).find(({ value }) => Array.from(value.name).length > MOST_CUSTOM);
      return (
        found && {
          property_type: 'product attribute',
          max_limit: String(MOST_CUSTOM),
          property_value_name: found.value.name,
        }
      );
    },
  },
  { code: 12052935, broken: anyValue(({ value }) => value.id === '' && isForbiddenText(value.name)) },
  {
    code: 12052250,
    broken: (facts) =>
      facts.shop.region.code !== 'JP' &&
      anyValue(({ value }) => value.id === '' && hasChinese(value.name))(facts),
  },
  droppedValue(12052256, 'The value needs to be a positive integer or a positive decimal', isNoNumber),
  droppedValue(12052529, 'The property value id does not exist', isUnknownValue),
  {
    code: 12052240,
    broken: anyValue(({ known, value }) => known?.isCustomizable === false && value.id === ''),
  },
  {
    code: 12052104,
    mayLackInDraft: true,
    broken: ({ content, attributes }) =>
      attributes.some((one) => one.isRequired && isProductAttribute(one) && !has(content, one.id)),
  },
  {
    code: 12052182,
    mayLackInDraft: true,
    broken: ({ content, attributes }) => {
      const found = attributes.find(
        (one) => isProductAttribute(one) && met(content, one.conditions) && !has(content, one.id),
      );
      return found && parentOf({ content, attributes }, found, met(content, found.conditions));
    },
  },
  {
    code: 12052183,
    broken: ({ content, attributes, world }) => {
      if (world.behaviour.attributeWithoutCause === 'accepted') return undefined;
      const found = attributes.find(
        (one) =>
          one.conditions.length > 0 &&
          !one.isRequired &&
          isProductAttribute(one) &&
          !met(content, one.conditions) &&
          has(content, one.id) &&
          one.conditions.some(({ attributeId }) => has(content, attributeId)),
      );
      return found && parentOf({ content, attributes }, found, undefined);
    },
  },
];

function isProductAttribute({ type }: CategoryAttribute): boolean {
  return type === 'PRODUCT_PROPERTY';
}

function has({ attributes }: Facts['content'], id: string): boolean {
  return attributes.some((one) => one.id === id && one.values.length > 0);
}

/** The condition that the chosen values meet. */
function met({ attributes }: Facts['content'], conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({ attributeId, valueId }) =>
    attributes.some(({ id, values }) => id === attributeId && values.some((value) => value.id === valueId)),
  );
}

function parentOf(
  { content, attributes }: Pick<Facts, 'content' | 'attributes'>,
  child: CategoryAttribute,
  condition: Condition | undefined,
): Blanks {
  const parentId = condition?.attributeId ?? child.conditions[0]?.attributeId;
  const parent = content.attributes.find(({ id }) => id === parentId);
  const known = attributes.find(({ id }) => id === parentId);
  const value =
    parent?.values.find(({ id }) => condition === undefined || id === condition.valueId) ?? parent?.values[0];
  return {
    sub_property_name: child.name,
    parent_property_name: known?.name ?? '',
    parent_property_value: value?.name ?? '',
  };
}

function givenValues({ content, attributes }: Pick<Facts, 'content' | 'attributes'>): Given[] {
  return content.attributes.flatMap((attribute) => {
    const known = attributes.find(({ id }) => id === attribute.id);
    return attribute.values.map((value) => ({ attribute, known, value }));
  });
}

function anyValue(broken: (given: Given) => boolean): (facts: Facts) => boolean {
  return (facts) => givenValues(facts).some((given) => broken(given));
}

function isNoNumber({ known, value }: Given): boolean {
  if (known?.format !== 'POSITIVE_INT_OR_DECIMAL' || value.name === '') return false;
  return !/^\d+(\.\d+)?$/.test(value.name) || Number(value.name) <= 0;
}

/** Values that the seller has made have ids of TikTok's too, in no list. */
function isUnknownValue({ known, value }: Given): boolean {
  return (
    known !== undefined &&
    value.id !== '' &&
    value.name === '' &&
    !known.values.some(({ id }) => id === value.id)
  );
}

/** A value that TikTok drops with a warning: the attribute keeps its other values. */
function droppedValue(
  code: 12052256 | 12052529,
  reason: string,
  isWrong: (given: Given) => boolean,
): ListingRule {
  const first = (facts: Facts): Given | undefined => givenValues(facts).find(isWrong);
  return {
    code,
    broken: (facts) => {
      const found = first(facts);
      return found && { property_name: found.attribute.name };
    },
    clears: {
      field: (facts) => {
        const value = first(facts)?.value;
        return value?.id === undefined || value.id === ''
          ? `[product_attributes.values.name]:${value?.name ?? ''}`
          : `[product_attributes.values.id]:${value.id}`;
      },
      reason,
      without: ({ content, attributes }) => ({
        ...content,
        attributes: content.attributes
          .map((attribute) => ({
            ...attribute,
            values: attribute.values.filter(
              (value) =>
                !isWrong({ attribute, value, known: attributes.find(({ id }) => id === attribute.id) }),
            ),
          }))
          .filter(({ values }) => values.length > 0),
      }),
    },
  };
}
