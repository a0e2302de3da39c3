import type { Fields } from '../content/product-fields.js';

export const templateOperators = ['equals', 'contains', 'starts-with', 'is-empty', 'is-given'] as const;
export type TemplateOperator = (typeof templateOperators)[number];

export interface TemplateCondition {
  /** Column of the product or of its first SKU; `Product` is its name. */
  field: string;
  operator: TemplateOperator;
  /** In any case; of several any one is enough. */
  values: string[];
}

/** Values that stand for all products that match, so that a file needs none of them. */
export interface ProductTemplate {
  id: number;
  name: string;
  /** All must hold; none: all products. */
  conditions: TemplateCondition[];
  /** Stand instead of what the feed says. */
  fixed: Record<string, string>;
  /** Stand where the feed says nothing. */
  defaults: Record<string, string>;
  /** Of several that match the one with the higher number says it; of equals the one with the earlier name. */
  priority: number;
}

/** Of the feed's own columns, in a value of a template: `{Title} by {Brand}`. */
const PLACEHOLDER = /\{([^{}]{1,100})\}/g;

interface Source {
  name: string;
  fields: Fields;
  skus: readonly { fields: Fields }[];
}

/** Templates in the order in which they are asked. */
export function inOrder(templates: readonly ProductTemplate[]): ProductTemplate[] {
  return templates.toSorted((a, b) => b.priority - a.priority || a.name.localeCompare(b.name) || a.id - b.id);
}

/** Those that match a product. @param templates in order */
function matchingTemplates(source: Source, templates: readonly ProductTemplate[]): ProductTemplate[] {
  return templates.filter(({ conditions }) => conditions.every((condition) => holds(condition, source)));
}

/** What is wanted of a product once the templates that match have said their part. @param templates in order */
export function withTemplates(source: Source, templates: readonly ProductTemplate[]): Fields {
  const matching = matchingTemplates(source, templates);
  if (matching.length === 0) return source.fields;
  const fixed: Fields = {};
  const defaults: Fields = {};
  for (const template of matching.toReversed()) {
    Object.assign(fixed, template.fixed);
    Object.assign(defaults, template.defaults);
  }
  const filled = filledIn(defaults, source);
  const said = Object.fromEntries(
    Object.entries(source.fields).filter(([, value]) => value !== null && value !== ''),
  );
  return { ...source.fields, ...filled, ...said, ...filledIn(fixed, source) };
}

function holds({ field, operator, values }: TemplateCondition, source: Source): boolean {
  const text = valueOf(field, source).toLowerCase();
  const wanted = values.map((value) => value.toLowerCase());
  switch (operator) {
    case 'equals':
      return wanted.includes(text);
    case 'contains':
      return wanted.some((value) => text.includes(value));
    case 'starts-with':
      return wanted.some((value) => text.startsWith(value));
    case 'is-empty':
      return text === '';
    default:
      return text !== '';
  }
}

function valueOf(field: string, { name, fields, skus }: Source): string {
  if (field === 'Product') return name;
  const key = Object.keys(fields).find((each) => each.toLowerCase() === field.toLowerCase());
  const own = key === undefined ? null : fields[key];
  return own ?? skus[0]?.fields[field] ?? '';
}

/** A value whose placeholder stands for nothing says nothing. */
function filledIn(values: Fields, source: Source): Fields {
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, value]) => {
      let isWhole = true;
      const text = (value ?? '').replaceAll(PLACEHOLDER, (_, name: string) => {
        const own = valueOf(name, source);
        if (own === '') isWhole = false;
        return own;
      });
      return isWhole && text !== '' ? [[field, text]] : [];
    }),
  );
}
