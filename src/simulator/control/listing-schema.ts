import { Type, type Static } from 'typebox';

import { prerequisiteItems } from '../categories/prerequisites-route.js';
import { regionCodes } from '../state/regions.js';

const strict = { additionalProperties: false };
const Permission = Type.Enum(['AVAILABLE', 'INVITE_ONLY', 'NON_MAIN_CATEGORY', 'PROHIBITED']);
const Tier = Type.Enum(['BEGINNER', 'STANDARD', 'PREMIUM', 'PRO']);

const Conditions = Type.Optional(
  Type.Array(Type.Object({ attributeId: Type.String(), valueId: Type.String() }, strict), {
    maxItems: 100,
    description: 'Any one makes it required',
  }),
);

const NewAttribute = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    type: Type.Optional(Type.Enum(['SALES_PROPERTY', 'PRODUCT_PROPERTY'])),
    isRequired: Type.Optional(Type.Boolean()),
    isCustomizable: Type.Optional(Type.Boolean()),
    isMultiple: Type.Optional(Type.Boolean()),
    values: Type.Optional(
      Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, strict), { maxItems: 20_000 }),
    ),
    format: Type.Optional(Type.Literal('POSITIVE_INT_OR_DECIMAL')),
    conditions: Conditions,
  },
  strict,
);

const NewCertificate = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    isRequired: Type.Optional(Type.Boolean()),
    details: Type.Optional(Type.String()),
    conditions: Conditions,
    needsExpiry: Type.Optional(Type.Boolean()),
  },
  strict,
);

const RulePatch = Type.Partial(
  Type.Object({
    sizeChart: Type.Enum(['none', 'supported', 'required']),
    codSupported: Type.Boolean(),
    packageDimensionsRequired: Type.Boolean(),
    eprRequired: Type.Boolean(),
    responsiblePersonRequired: Type.Boolean(),
    manufacturerRequired: Type.Boolean(),
    specialTypes: Type.Array(Type.String(), { maxItems: 10 }),
    fees: Type.Array(Type.Object({ type: Type.String(), isRequired: Type.Boolean() }, strict), {
      maxItems: 10,
    }),
  }),
  strict,
);

/** What differs from one kind of change to the next. */
const ChangeSpec = Type.Union([
  Type.Object(
    { kind: Type.Literal('attribute'), attribute: NewAttribute },
    {
      title: 'attribute',
      description: 'A new attribute, or another in place of the one with its id',
      ...strict,
    },
  ),
  Type.Object(
    { kind: Type.Literal('no_attribute'), attributeId: Type.String() },
    { title: 'no_attribute', ...strict },
  ),
  Type.Object(
    {
      kind: Type.Literal('require_attribute'),
      attributeId: Type.String(),
      isRequired: Type.Boolean(),
    },
    { title: 'require_attribute', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('certificate'), certificate: NewCertificate },
    {
      title: 'certificate',
      description: 'A new certificate, or another in place of the one with its id',
      ...strict,
    },
  ),
  Type.Object(
    { kind: Type.Literal('no_certificate'), certificateId: Type.String() },
    { title: 'no_certificate', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('rules'), rules: RulePatch },
    { title: 'rules', description: 'Size chart, COD, dimensions, EU entities', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('permission'), statuses: Type.Array(Permission, { minItems: 1, maxItems: 4 }) },
    { title: 'permission', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('close') },
    { title: 'close', description: 'The category is not in the tree any more', ...strict },
  ),
]);
export type ChangeSpec = Static<typeof ChangeSpec>;

export const RuleChangeSpec = Type.Object(
  {
    name: Type.Optional(Type.String()),
    inSeconds: Type.Optional(Type.Number({ description: 'From now; at once when left out' })),
    regions: Type.Optional(
      Type.Array(Type.Enum([...regionCodes]), { maxItems: 20, description: 'All when left out' }),
    ),
    categoryIds: Type.Optional(
      Type.Array(Type.String(), { maxItems: 5000, description: 'All when left out' }),
    ),
    preset: Type.Optional(
      Type.String({
        description:
          'A change that TikTok really made, by its name in GET /rule-change-presets; instead of changes',
      }),
    ),
    changes: Type.Optional(Type.Array(ChangeSpec, { minItems: 1, maxItems: 50 })),
  },
  { ...strict, description: 'What TikTok changes in its categories, from a moment on' },
);
export type RuleChangeSpec = Static<typeof RuleChangeSpec>;

export const RuleChange = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  atSec: Type.Number(),
  regions: Type.Array(Type.String()),
  categoryIds: Type.Array(Type.String()),
  changes: Type.Array(Type.Any()),
});

export const RuleChangePreset = Type.Object({
  name: Type.String(),
  since: Type.String(),
  regions: Type.Array(Type.String()),
  about: Type.String(),
});

export const ListingPatch = Type.Partial(
  Type.Object({
    tier: Tier,
    permissions: Type.Record(Type.String(), Type.Array(Permission, { maxItems: 4 }), {
      description: 'By category id; replaces what was set before',
    }),
    authorizedBrands: Type.Array(Type.String(), { maxItems: 1000 }),
    failedItems: Type.Array(
      Type.Object(
        {
          item: Type.Enum([...prerequisiteItems]),
          reasons: Type.Array(Type.String(), { minItems: 1, maxItems: 20 }),
        },
        strict,
      ),
      { maxItems: 20, description: 'Prerequisites that fail, besides those that follow from the shop' },
    ),
    createdToday: Type.Integer({ minimum: 0, description: 'Products that count against the limit of today' }),
  }),
  strict,
);
export type ListingPatch = Static<typeof ListingPatch>;

export const Listing = Type.Object({
  tier: Tier,
  permissions: Type.Record(Type.String(), Type.Array(Permission)),
  authorizedBrands: Type.Array(Type.String()),
  failedItems: Type.Array(Type.Object({ item: Type.String(), reasons: Type.Array(Type.String()) })),
  quotaLeft: Type.Union([Type.Integer(), Type.Null()], { description: 'null: without a limit' }),
});

export const NewSizeChart = Type.Object(
  { name: Type.String({ minLength: 1 }), imageUri: Type.Optional(Type.String()) },
  strict,
);
export const SizeChart = Type.Object({ id: Type.String(), name: Type.String() });

export const Compliance = Type.Object({
  manufacturers: Type.Array(Type.Any()),
  responsiblePersons: Type.Array(Type.Any()),
  brands: Type.Array(Type.Any()),
});
