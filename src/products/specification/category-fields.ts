import type {
  CategoryDemands,
  ListingAttribute,
  ListingCertificate,
  RequirementCondition,
  SizeChartTemplate,
} from '../../domain/listing.js';
import { field, type SpecificationField } from './specification-field.js';

/** Options that a description of a condition shows. */
const MOST_IN_WORDS = 5;

/** Names of columns of attributes: by name where that is enough, else by id. */
function columnOf(attribute: ListingAttribute, all: readonly ListingAttribute[]): string {
  const alike = all.filter(({ name }) => name.toLowerCase() === attribute.name.toLowerCase());
  return `Attribute:${alike.length === 1 ? attribute.name : attribute.id}`;
}

/** What the category adds: its attributes, and the options that TikTok knows for variants. */
export function attributeFields(all: readonly ListingAttribute[]): SpecificationField[] {
  return all
    .filter(({ isSales }) => !isSales)
    .map((attribute) =>
      field({
        name: columnOf(attribute, all),
        label: attribute.name,
        type: typeOf(attribute),
        group: 'attribute',
        description: attribute.isCustomizable
          ? 'One of the options, or a text of your own of at most 2,000 characters.'
          : 'One of the options.',
        options: attribute.values,
        isOpen: attribute.isCustomizable || attribute.values.length === 0,
        destination: attribute.id,
        ...needOf(attribute, all),
      }),
    );
}

function typeOf({ isNumber, isMultiple, values }: ListingAttribute): SpecificationField['type'] {
  if (isNumber) return 'number';
  if (values.length === 0) return 'text';
  return isMultiple ? 'choices' : 'choice';
}

function needOf(
  { isRequired, conditions }: { isRequired: boolean; conditions: readonly RequirementCondition[] },
  all: readonly ListingAttribute[],
): Pick<SpecificationField, 'need' | 'condition' | 'conditions'> {
  if (isRequired) return { need: 'required', condition: null, conditions: [] };
  if (conditions.length === 0) return { need: 'optional', condition: null, conditions: [] };
  const named = conditions.map((condition) => inWords(condition, all));
  const text = named.slice(0, MOST_IN_WORDS).map(({ field: column, value }) => `${column} is ${value}`);
  const more = named.length > MOST_IN_WORDS ? ', and others' : '';
  return { need: 'conditional', condition: `Required when ${text.join(' or ')}${more}.`, conditions: named };
}

/** Ids that the category does not have stay ids: the condition is TikTok's all the same. */
function inWords(
  { attributeId, valueId }: RequirementCondition,
  all: readonly ListingAttribute[],
): SpecificationField['conditions'][number] {
  const attribute = all.find(({ id }) => id === attributeId);
  const value = attribute?.values.find(({ id }) => id === valueId);
  return {
    field: attribute === undefined ? `Attribute:${attributeId}` : columnOf(attribute, all),
    value: value?.name ?? valueId,
  };
}

/** Three options at most tell the variants of a product apart; those that TikTok knows carry its own names. */
export function optionFields(all: readonly ListingAttribute[]): SpecificationField[] {
  const sales = all.filter(({ isSales }) => isSales);
  const known = sales.map(({ id, name }) => ({ id, name }));
  const values = sales.flatMap((attribute) =>
    attribute.values.map(({ id, name }) => ({ id, name: `${attribute.name}: ${name}` })),
  );
  const numbers = [1, 2, 3];
  return [
    ...numbers.flatMap((number) => [
      field({
        name: `Option ${number} Name`,
        need: number === 1 ? 'conditional' : 'optional',
        condition: number === 1 ? 'Required for a product with several SKUs.' : null,
        type: 'choice',
        group: 'variant',
        description:
          'What tells the SKUs of a product apart, the same for all of them. At most 20 characters.',
        options: known,
        limits: { most: '20' },
        scope: 'variant',
        destination: 'skus.sales_attributes.name',
      }),
      field({
        name: `Option ${number} Value`,
        need: number === 1 ? 'conditional' : 'optional',
        condition: number === 1 ? 'Required for a product with several SKUs.' : null,
        type: 'choice',
        group: 'variant',
        description: 'At most 50 characters. Every combination is there once.',
        options: number === 1 ? values : [],
        limits: { most: '50' },
        scope: 'variant',
        destination: 'skus.sales_attributes.value_name',
      }),
    ]),
    field({
      name: 'Variant Image',
      type: 'image',
      group: 'variant',
      description: 'Of one option only, and then for every value of it.',
      scope: 'variant',
      destination: 'skus.sales_attributes.sku_img',
    }),
  ];
}

/** Certificates with the text that TikTok shows, size chart and EU entities. */
export function complianceFields(
  demands: CategoryDemands,
  all: readonly ListingAttribute[],
  sizeCharts: readonly SizeChartTemplate[],
  market: { isEu: boolean },
): SpecificationField[] {
  const entity = (name: string, isRequired: boolean, destination: string): SpecificationField[] =>
    market.isEu || isRequired
      ? [
          field({
            name,
            need: isRequired ? 'required' : 'optional',
            type: 'text',
            group: 'compliance',
            description: 'Id or name of one that the shop has in TikTok.',
            destination,
          }),
        ]
      : [];
  return [
    ...demands.certificates.flatMap((certificate) => certificateFields(certificate, all)),
    ...(demands.sizeChart === 'none'
      ? []
      : [
          field({
            name: 'Size Chart',
            need: demands.sizeChart === 'required' ? 'required' : 'optional',
            type: 'image',
            group: 'compliance',
            description:
              'Address of an image of at least 1,024 pixels on its short side, or the id of a size chart made in Seller Center.',
            options: sizeCharts,
            destination: 'size_chart',
          }),
        ]),
    ...entity('Manufacturer', demands.needsManufacturer, 'manufacturer_ids'),
    ...entity('Responsible Person', demands.needsResponsiblePerson, 'responsible_person_ids'),
  ];
}

function certificateFields(
  certificate: ListingCertificate,
  all: readonly ListingAttribute[],
): SpecificationField[] {
  const need = needOf(certificate, all);
  const name = `Certificate:${certificate.id}`;
  return [
    field({
      name,
      label: certificate.name,
      type: 'file',
      group: 'compliance',
      description: certificate.details,
      destination: certificate.id,
      ...need,
    }),
    ...(certificate.needsExpiry
      ? [
          field({
            name: `${name} Expires`,
            label: `${certificate.name}: valid until`,
            type: 'date',
            group: 'compliance',
            description: 'Day on which it ends, such as 2027-06-30.',
            destination: `${certificate.id}.expiration_date`,
            ...need,
          }),
        ]
      : []),
  ];
}
