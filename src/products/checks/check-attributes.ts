import { Decimal } from 'decimal.js';
import { isDecimalString } from '../../kernel/money.js';
import { attributeField } from '../content/product-fields.js';
import type { Wanted } from '../content/wanted.js';
import { closestOf } from './closest.js';
import { keptSkus, type CheckRule, type Hit } from './check-rule.js';
import { charactersOf, shortenedTo, textProblem } from './forbidden-text.js';
import type { CheckContext, ListingRules } from './listing-rules.js';
import {
  isMet,
  resolveAttributes,
  type ResolvedAttribute,
  type ResolvedAttributes,
} from './resolve-attributes.js';

const LONGEST_VALUE = 2_000;
const OPTIONS_SHOWN = 8;

/** Attributes of the category. Source: Get Attributes; codes 12052104, 12052182, 12052240 to 12052256. */
export const attributeRules: readonly CheckRule[] = [
  {
    name: 'attribute-missing',
    level: 'error',
    field: null,
    code: '12052104',
    next: 'Give it in a column of that name, or once for the category in a template',
    find: whereRules((wanted, rules) => {
      const resolved = resolveAttributes(wanted, rules);
      return rules.attributes
        .filter(({ id, isSales, isRequired }) => !isSales && isRequired && !resolved.byId.has(id))
        .map(({ name, values }) => missing(name, values, 'is required in this category'));
    }),
  },
  {
    name: 'attribute-missing-by-another',
    level: 'error',
    field: null,
    code: '12052182',
    next: 'Give it in a column of that name, or once for the category in a template',
    find: whereRules((wanted, rules) => {
      const resolved = resolveAttributes(wanted, rules);
      return rules.attributes
        .filter(({ id, isSales, isRequired }) => !isSales && !isRequired && !resolved.byId.has(id))
        .flatMap((attribute) => {
          const met = isMet(attribute.conditions, resolved);
          return met
            ? [
                missing(
                  attribute.name,
                  attribute.values,
                  `is required since ${saidBy(met.attributeId, resolved)}`,
                ),
              ]
            : [];
        });
    }),
  },
  {
    name: 'attribute-sales-missing',
    level: 'error',
    field: 'Option 1 Name',
    code: '12052104',
    next: 'Give the SKUs an option of that name',
    find: whereRules((wanted, rules) => {
      const names = new Set(
        keptSkus(wanted).flatMap(({ options }) => options.map(({ name }) => name.toLowerCase())),
      );
      return rules.attributes
        .filter(({ isSales, isRequired, name }) => isSales && isRequired && !names.has(name.toLowerCase()))
        .map(({ name }) => ({ value: null, message: `${name} is required of every SKU in this category` }));
    }),
  },
  {
    name: 'attribute-value',
    level: 'error',
    field: null,
    code: '12052240',
    next: 'Choose one of the values that TikTok lists',
    find: whereRules((wanted, rules) =>
      each(wanted, rules, ({ attribute, values }) =>
        attribute.isCustomizable
          ? []
          : values
              .filter(({ id }) => id === null)
              .map(({ name }) => ({
                field: attributeField(attribute.name),
                value: name,
                message: `is none of the ${attribute.values.length} values that TikTok takes, such as ${shown(attribute.values)}`,
                nearest: closestOf(
                  name,
                  attribute.values.map((value) => value.name),
                ),
              })),
      ),
    ),
  },
  {
    name: 'attribute-too-many-values',
    level: 'error',
    field: null,
    code: '12052246',
    next: 'Leave one value',
    find: whereRules((wanted, rules) =>
      each(wanted, rules, ({ attribute, values, text }) =>
        attribute.isMultiple || values.length < 2
          ? []
          : [
              {
                field: attributeField(attribute.name),
                value: text,
                message: `has ${values.length} values; TikTok takes one`,
                nearest: values[0]!.name,
              },
            ],
      ),
    ),
  },
  {
    name: 'attribute-text',
    level: 'error',
    field: null,
    code: '12052247',
    next: 'Shorten or correct it',
    find: whereRules((wanted, rules) =>
      each(wanted, rules, ({ attribute, values }) =>
        values
          .filter(({ id }) => id === null)
          .flatMap(({ name }): Hit[] => {
            const field = attributeField(attribute.name);
            if (charactersOf(name) > LONGEST_VALUE)
              return [
                {
                  field,
                  value: name,
                  message: `has more than the ${LONGEST_VALUE} characters that TikTok takes`,
                  nearest: shortenedTo(name, LONGEST_VALUE),
                },
              ];
            const problem = textProblem(name);
            return problem
              ? [
                  {
                    field,
                    value: name,
                    message: `has ${problem.what}, which TikTok refuses`,
                    nearest: problem.mended || null,
                    code: '12052932',
                  },
                ]
              : [];
          }),
      ),
    ),
  },
  {
    name: 'attribute-number',
    level: 'error',
    field: null,
    code: '12052256',
    next: 'Give a number alone, without its unit',
    find: whereRules((wanted, rules) =>
      each(wanted, rules, ({ attribute, values }) =>
        attribute.isNumber
          ? values
              .filter(({ id, name }) => id === null && !(isDecimalString(name) && new Decimal(name).gt(0)))
              .map(({ name }) => ({
                field: attributeField(attribute.name),
                value: name,
                message: 'is not a positive number',
                nearest: /\d{1,15}(?:\.\d{1,6})?/.exec(name)?.[0] ?? null,
              }))
          : [],
      ),
    ),
  },
  {
    name: 'attribute-unknown',
    level: 'warning',
    field: null,
    code: null,
    next: 'Correct the name, or leave the column out: it is not sent',
    find: whereRules((wanted, rules) =>
      resolveAttributes(wanted, rules).unknown.map(({ name, value }) => ({
        field: attributeField(name),
        value,
        message: `the category has no attribute ${name}`,
        nearest: closestOf(
          name,
          rules.attributes.filter(({ isSales }) => !isSales).map((attribute) => attribute.name),
        ),
      })),
    ),
  },
];

/** Rules that say nothing as long as nobody knows the category. */
export function whereRules(
  find: (wanted: Wanted, rules: ListingRules, context: CheckContext) => readonly Hit[],
) {
  return (wanted: Wanted, context: CheckContext): readonly Hit[] =>
    context.category.kind === 'rules' ? find(wanted, context.category.rules, context) : [];
}

function each(wanted: Wanted, rules: ListingRules, find: (one: ResolvedAttribute) => Hit[]): Hit[] {
  return [...resolveAttributes(wanted, rules).byId.values()].flatMap((one) => find(one));
}

function missing(name: string, values: readonly { name: string }[], why: string): Hit {
  const choice = values.length === 0 ? '' : `; one of ${values.length} values, such as ${shown(values)}`;
  return { field: attributeField(name), value: null, message: `${name} ${why}${choice}` };
}

function saidBy(attributeId: string, { byId }: ResolvedAttributes): string {
  const one = byId.get(attributeId);
  return one
    ? `${one.attribute.name} is ${one.values.map(({ name }) => name).join(', ')}`
    : 'of another attribute';
}

function shown(values: readonly { name: string }[]): string {
  return values
    .slice(0, OPTIONS_SHOWN)
    .map(({ name }) => name)
    .join(', ');
}
