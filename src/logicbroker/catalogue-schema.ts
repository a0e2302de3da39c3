import { Type } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text } from './schema.js';

/** The catalogue of CommerceAPI v3 (LBCatalogCategory, CatalogAttribute, CatalogAttributeSet), and what feeds have to hold. */

const LBCatalogCategory = named(
  'LBCatalogCategory',
  "A category of TikTok's in the shop's market.",
  {
    Name: text('', 'Mugs'),
    AttributeSet: text('Id of the category: attribute sets are named after it.', '600042'),
  },
  {
    Id: text(undefined, '600042'),
    ParentId: text('Left out at the root.', '859400'),
    Hidden: flag('TikTok forbids it.'),
    HiddenFromPartner: flag('The shop may not list here as it stands.'),
    DestinationId: text("TikTok's id.", '600042'),
    BannerURL: text('Never given.'),
    CustomAttributes: text("TikTok's permission statuses, with commas.", 'AVAILABLE'),
    SyncStatus: text('Synced: as TikTok answered.', 'Synced'),
    Position: int32('Among its siblings, from 1.'),
    Level: int32('1 at the root.'),
    Children: int32('Categories directly below; 0: products go in here.'),
    Path: text('Names from the root.', 'Kitchenware > Drinkware > Mugs'),
    LastModified: dateTime('When it was read from TikTok.'),
  },
);

const AttributeRule = named(
  'AttributeRule',
  'A rule for the value of an attribute.',
  {},
  {
    Note: text(),
    Conditions: Type.Array(Type.Unsafe<object>({ $ref: 'AttributeRule#' }), {
      description: 'It holds when any one of these holds; always when there are none.',
    }),
    Type: text('Required, Length, Range, Decimals, OneOf or Equals.', 'Required'),
    ErrorMessage: text(),
    Parameters: Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
    }),
    Field: text('Another attribute that a condition is about.', 'Attribute:Battery Type'),
  },
);

const CatalogAttribute = named(
  'CatalogAttribute',
  'A column of a product feed.',
  {
    Name: text('The name of the column.', 'Attribute:Materials'),
    FriendlyName: text(undefined, 'Materials'),
    Type: text('text, html, number, whole, money, choice, choices, image, file, date or yes-no.', 'choices'),
    Group: text(
      'identity, product, attribute, variant, price, packaging, compliance or delivery.',
      'attribute',
    ),
  },
  {
    Description: text(),
    Options: Type.Array(Type.String(), { description: 'Values that TikTok lists.' }),
    System: flag('It is there in every category.'),
    Tags: text('product, or variant for what each SKU has of its own.', 'product'),
    Hidden: flag(),
    HiddenFromPartner: flag(),
    DestinationId: text("TikTok's id or field.", '100157'),
    CustomAttributes: text('Ids of the categories that have it, with commas.', '600042'),
    SyncStatus: text(undefined, 'Synced'),
    Editor: text('list where only the options are taken, else text.', 'list'),
    ValidationRules: listOf(AttributeRule),
    LastModified: dateTime('When it was read from TikTok.'),
  },
);

const CatalogAttributeSet = named(
  'CatalogAttributeSet',
  'The columns that products of one category have.',
  { Name: text('Id of the category.', '600042'), FriendlyName: text('Its path.') },
  {
    Attributes: Type.Array(Type.String(), { description: 'Names of the columns.' }),
    Tags: text(),
    Hidden: flag(),
    HiddenFromPartner: flag(),
    DestinationId: text("TikTok's id.", '600042'),
    CustomAttributes: text(),
    SyncStatus: text(undefined, 'Synced'),
    System: flag(),
    LastModified: dateTime('When it was read from TikTok.'),
  },
);

const FeedSpecification = named(
  'FeedSpecification',
  'Everything that a product of one category needs. An addition.',
  {},
  {
    CategoryId: text(undefined, '600042'),
    CategoryPath: text(),
    CategoryVersion: text("Which of TikTok's trees.", 'v2'),
    Region: text(undefined, 'ID'),
    Permissions: Type.Array(Type.String(), { description: "TikTok's words." }),
    Outcome: text(
      'listed; or waits: products are taken and stay out of sight until the seller has done what Next says.',
      'listed',
    ),
    Advice: text(),
    Next: text('What to do; left out where nothing is to be done.'),
    Attributes: listOf(CatalogAttribute),
    AsOf: dateTime('When TikTok said it.'),
    AgeSeconds: int32(),
    MostSkus: int32('In one product.'),
    NeedsEpr: flag('TikTok wants the EPR numbers of the shop.'),
    Fees: Type.Array(Type.String(), { description: 'Deposits and the like that TikTok knows here.' }),
    Missing: Type.Array(
      Type.Unsafe<object>({
        type: 'object',
        properties: {
          Item: { type: 'string' },
          Reasons: { type: 'array', items: { type: 'string' } },
          Next: { type: 'string' },
        },
      }),
      {
        description:
          'What the shop lacks before it can list anything. Left out when TikTok could not be asked.',
      },
    ),
    DailyLimits: Type.Unsafe<Record<string, number | null>>({
      type: 'object',
      additionalProperties: { type: ['integer', 'null'] },
      description:
        'Products that a shop may put up in a day, by its tier in Seller Center; null: without a limit.',
    }),
    IsLimitReached: flag('Nothing more can be put up today, TikTok says.'),
  },
);

const FeedBrand = named(
  'FeedBrand',
  'A brand as the shop can use it. An addition.',
  {},
  {
    Id: text(),
    Name: text(),
    Outcome: text(
      'shown; hidden: taken, and not shown to buyers; refused: protected, and the shop is not authorised.',
      'shown',
    ),
  },
);

export const CategoriesResponse = arrayResponse('LBCatalogCategory', listOf(LBCatalogCategory));
export const AttributesResponse = arrayResponse('CatalogAttribute', listOf(CatalogAttribute));
export const AttributeSetsResponse = arrayResponse('CatalogAttributeSet', listOf(CatalogAttributeSet));
export const SpecificationMessage = messageOf('FeedSpecification', ref(FeedSpecification));
export const BrandsMessage = messageOf('List.FeedBrand', listOf(FeedBrand));

export const catalogueSchemas = [
  LBCatalogCategory,
  AttributeRule,
  CatalogAttribute,
  CatalogAttributeSet,
  FeedSpecification,
  FeedBrand,
  CategoriesResponse,
  AttributesResponse,
  AttributeSetsResponse,
  SpecificationMessage,
  BrandsMessage,
];
