import type { CheckRule } from './check-rule.js';
import { whereRules } from './check-attributes.js';

/** The category, and whether the shop may list in it. Source: Get Categories; codes 12052023 to 12052025, 12052220 to 12052226. */
export const categoryRules: readonly CheckRule[] = [
  {
    name: 'cross-border',
    level: 'error',
    field: null,
    code: '12052701',
    next: 'Make the product in TikTok Shop Seller Center',
    find: (_, { isCrossBorder }) =>
      isCrossBorder
        ? [{ value: null, message: 'TikTok takes no local products of cross-border sellers' }]
        : [],
  },
  {
    name: 'category-missing',
    level: 'error',
    field: 'Category',
    code: '12052023',
    next: 'Give the id or the path of a TikTok category, or a template for these products',
    find: ({ categoryHint }, { category }) =>
      category.kind === 'missing'
        ? [
            {
              value: categoryHint,
              message:
                categoryHint === null
                  ? 'every product needs a category of TikTok'
                  : 'is the category of another system; TikTok has its own',
            },
          ]
        : [],
  },
  {
    name: 'category-unknown',
    level: 'error',
    field: 'Category',
    code: '12052025',
    next: 'Give the id or the path of a TikTok category, or a template for these products',
    find({ category: text }, { category }) {
      if (category.kind !== 'unknown') return [];
      const [first] = category.proposals;
      const rest = category.proposals.slice(0, 3).map(({ id, path }) => `${path} (${id})`);
      return [
        {
          value: text,
          message: `is no category of TikTok in this market${rest.length > 0 ? `; near: ${rest.join('; ')}` : ''}`,
          nearest: first?.id ?? null,
        },
      ];
    },
  },
  {
    name: 'category-not-read',
    level: 'error',
    field: 'Category',
    code: null,
    next: 'Nothing has to be done: it is checked again',
    find: ({ category: text }, { category }) =>
      category.kind === 'unread'
        ? [{ value: text, message: `the rules of the category could not be read: ${category.reason}` }]
        : [],
  },
  {
    name: 'category-not-leaf',
    level: 'error',
    field: 'Category',
    code: '12052024',
    next: 'Choose a category below it',
    find: whereRules(({ category: text }, { isLeaf, categoryPath }) =>
      isLeaf
        ? []
        : [
            {
              value: text,
              message: `${categoryPath} has categories below it; products stand in the last ones`,
            },
          ],
    ),
  },
  {
    name: 'category-prohibited',
    level: 'error',
    field: 'Category',
    code: '12052220',
    next: 'Choose another category',
    find: whereRules(({ category: text }, { permissions, categoryPath }) =>
      permissions.includes('PROHIBITED')
        ? [{ value: text, message: `TikTok takes no products in ${categoryPath} in this market` }]
        : [],
    ),
  },
  {
    name: 'category-invite-only',
    level: 'error',
    field: 'Category',
    code: '12052226',
    next: 'Apply for it in Seller Center, under Qualification Center',
    find: whereRules(({ category: text }, { permissions, categoryPath }, { market: { region } }) => {
      if (!permissions.includes('INVITE_ONLY')) return [];
      return region === 'US'
        ? [
            {
              value: text,
              level: 'warning',
              code: null,
              message: `${categoryPath} is invite-only: the listing is taken and waits (PRE_APPROVED) until TikTok admits the shop`,
            },
          ]
        : [{ value: text, message: `${categoryPath} is invite-only, and the shop is not admitted` }];
    }),
  },
  {
    name: 'category-not-main',
    level: 'error',
    field: 'Category',
    code: '12052225',
    next: 'Ask your account manager at TikTok to open it, or choose one in the main category of the shop',
    find: whereRules(({ category: text }, { permissions, categoryPath }) =>
      permissions.includes('NON_MAIN_CATEGORY')
        ? [{ value: text, message: `${categoryPath} is outside the main category of the shop` }]
        : [],
    ),
  },
  {
    name: 'brand',
    level: 'error',
    field: 'Brand',
    code: '12052201',
    next: 'Have the brand authorised in Seller Center, or leave it empty',
    find({ brand: text }, { brand }) {
      if (text === null || brand === null) return [];
      if (brand.id === null)
        return [
          {
            value: text,
            level: 'warning',
            code: '12052026',
            message: 'TikTok knows no such brand: the product is listed without one',
            nearest: brand.nearest,
            next: 'Correct it, or create the brand in Seller Center',
          },
        ];
      if (brand.isAuthorized) return [];
      return brand.isT1
        ? [{ value: text, message: `${brand.name} is a protected brand that the shop is not authorised for` }]
        : [
            {
              value: text,
              level: 'warning',
              code: null,
              message: `the shop is not authorised for ${brand.name}: TikTok takes the brand and does not show it`,
            },
          ];
    },
  },
];
