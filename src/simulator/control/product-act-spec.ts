import { Type, type Static } from 'typebox';

const strict = { additionalProperties: false };
const Texts = Type.Array(Type.String(), { maxItems: 100 });

const AuditReason = Type.Object(
  {
    position: Type.String({ description: 'In words, such as "Product Name"' }),
    reasons: Texts,
    suggestions: Type.Optional(Texts),
    listingPlatform: Type.Optional(Type.String()),
  },
  strict,
);
const AuditReasons = Type.Array(AuditReason, { minItems: 1, maxItems: 100 });
const Fields = Type.Object(
  {},
  { additionalProperties: true, description: 'As the calls of TikTok take them, in snake case' },
);

function act<K extends string>(
  name: K,
  description: string,
): ReturnType<typeof Type.Object<{ type: ReturnType<typeof Type.Literal<K>> }>> {
  return Type.Object({ type: Type.Literal(name) }, { title: name, description, ...strict });
}

/** What TikTok, the seller in Seller Center and other apps do to a product. */
export const ProductAct = Type.Union([
  act('audit_approves', 'The audit that runs ends well, now'),
  Type.Object(
    { type: Type.Literal('audit_refuses'), reasons: AuditReasons },
    { title: 'audit_refuses', description: 'The audit that runs refuses', ...strict },
  ),
  Type.Object(
    {
      type: Type.Literal('audit_pre_approves'),
      reason: Type.Enum(['KYC_PENDING', 'RESTRICTED_CATEGORY_PENDING']),
    },
    { title: 'audit_pre_approves', description: 'Fine, but the seller has to do something first', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('platform_deactivates'), reasons: Type.Optional(AuditReasons) },
    { title: 'platform_deactivates', description: 'TikTok takes the product off sale', ...strict },
  ),
  act('platform_freezes', 'TikTok freezes the product'),
  act('platform_unfreezes', 'An appeal was granted: the product is deactivated by the platform'),
  Type.Object(
    {
      type: Type.Literal('platform_standardises'),
      name: Type.String({ description: "The seller's sales attribute" }),
      id: Type.String({ description: "TikTok's attribute, in its place" }),
      standardName: Type.Optional(Type.String()),
    },
    {
      title: 'platform_standardises',
      description:
        'TikTok makes its own attribute of one of the seller; its id and those of its values change',
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('seller_edits'), fields: Fields },
    { title: 'seller_edits', description: 'Fields of the product, in Seller Center', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('seller_drafts'), fields: Fields },
    { title: 'seller_drafts', description: 'The same, saved as a draft', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('seller_adds_sku'), sku: Fields },
    { title: 'seller_adds_sku', description: 'One more SKU beside those of the newest version', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('seller_removes_sku'), skuId: Type.String() },
    { title: 'seller_removes_sku', description: 'All others stay', ...strict },
  ),
  act('seller_deactivates', 'Off sale, by hand'),
  act('seller_activates', 'To the audit, by hand'),
  act('seller_deletes', 'Deleted, by hand'),
  Type.Object(
    {
      type: Type.Literal('app_edits'),
      call: Type.Enum(['edit', 'partial_edit']),
      body: Fields,
    },
    { title: 'app_edits', description: 'Another app edits, with all that TikTok makes of it', ...strict },
  ),
]);
export type ProductAct = Static<typeof ProductAct>;

export const NewAuditPlan = Type.Object(
  {
    productId: Type.Optional(Type.String()),
    sellerSku: Type.Optional(Type.String({ description: 'Of any SKU of what is submitted' })),
    title: Type.Optional(Type.String({ description: 'A part of it' })),
    version: Type.Optional(
      Type.Enum(['first', 'edit'], {
        description: 'Of a product that was never on sale, or of one that was',
      }),
    ),
    outcome: Type.Enum(['approve', 'refuse', 'pre_approve']),
    reasons: Type.Optional(AuditReasons),
    preApprovedReasons: Type.Optional(Texts),
    afterSeconds: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
        description: 'null: only when somebody acts; productAuditSec when left out',
      }),
    ),
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'For all that follow when left out' })),
  },
  { ...strict, description: 'How audits end that are still to come. The first plan that fits has the word' },
);
export type NewAuditPlan = Static<typeof NewAuditPlan>;

export const AuditPlan = Type.Object({ id: Type.Integer() }, { additionalProperties: true });

export const Versions = Type.Object(
  {
    live: Type.Object({}, { additionalProperties: true }),
    review: Type.Optional(Type.Object({}, { additionalProperties: true })),
    draft: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  {
    description:
      'What the product says in each of its versions; `live` is the only one of a product not on sale',
  },
);

export const UploadedImage = Type.Object({
  uri: Type.String(),
  useCase: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  sha256: Type.String(),
  bytes: Type.Integer(),
  openId: Type.String(),
  appKey: Type.String(),
  atSec: Type.Integer(),
});
