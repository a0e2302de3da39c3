import { keptSkus, type CheckRule, type Hit } from './check-rule.js';

const LONGEST_SKU = 50;
const MOST_OPTIONS = 3;
const LONGEST_EXTERNAL_ID = 999;

/** SKUs and what tells them apart. Source: Create Product (skus, sales_attributes) and its codes. */
export const variantRules: readonly CheckRule[] = [
  {
    name: 'no-sku',
    level: 'error',
    field: 'Merchant SKU',
    code: '12052902',
    next: 'Send at least one row with a seller SKU',
    find: (wanted) =>
      keptSkus(wanted).length === 0 && wanted.action !== 'Delete'
        ? [{ value: null, message: 'the product has no SKU; TikTok lists none without' }]
        : [],
  },
  {
    name: 'too-many-skus',
    level: 'error',
    field: 'Merchant SKU',
    code: '12052050',
    next: 'Make several products of it',
    find(wanted, { market: { mostSkus, region } }) {
      const { length } = keptSkus(wanted);
      if (length <= mostSkus) return [];
      return [
        {
          value: String(length),
          message: `has ${length} SKUs; TikTok takes at most ${mostSkus} in ${region}`,
        },
      ];
    },
  },
  {
    name: 'sku-too-long',
    level: 'error',
    field: 'Merchant SKU',
    code: '12052054',
    next: 'Shorten it',
    find: (wanted) =>
      keptSkus(wanted)
        .filter(({ sku }) => sku.length > LONGEST_SKU)
        .map(({ sku }) => ({
          sku,
          value: sku,
          message: `has ${sku.length} characters; TikTok takes at most ${LONGEST_SKU}`,
          nearest: sku.slice(0, LONGEST_SKU),
        })),
  },
  {
    name: 'sku-blank',
    level: 'error',
    field: 'Merchant SKU',
    // UNCONFIRMED: which answer comes.
    code: null,
    next: 'Write it without blanks',
    find: (wanted) =>
      keptSkus(wanted)
        .filter(({ sku }) => /\s/.test(sku))
        .map(({ sku }) => ({
          sku,
          value: sku,
          message: 'has a blank, which TikTok takes in no seller SKU',
          nearest: sku.replaceAll(/\s+/g, '-'),
        })),
  },
  {
    name: 'options-incomplete',
    level: 'error',
    field: 'Option 1 Value',
    code: '12052550',
    next: 'Give every SKU of the product the same options',
    find(wanted) {
      const skus = keptSkus(wanted);
      if (skus.length < 2) return [];
      const most = Math.max(...skus.map(({ options }) => options.length));
      return skus
        .filter(({ options }) => options.length < Math.max(most, 1))
        .map(({ sku, options }) => ({
          sku,
          value: options.map(({ value }) => value).join(' / ') || null,
          message:
            options.length === 0
              ? 'has no options; SKUs of one product are told apart by them'
              : `has ${options.length} options where others of the product have ${most}`,
        }));
    },
  },
  {
    name: 'too-many-options',
    level: 'error',
    field: 'Option 1 Name',
    code: '12052525',
    next: 'Join two options to one',
    find(wanted) {
      const most = Math.max(0, ...keptSkus(wanted).map(({ options }) => options.length));
      return most > MOST_OPTIONS
        ? [{ value: String(most), message: `has ${most} options; TikTok takes at most ${MOST_OPTIONS}` }]
        : [];
    },
  },
  {
    name: 'option-twice',
    level: 'error',
    field: 'Option 1 Name',
    code: '12052560',
    next: 'Give each option a name of its own',
    find: (wanted) =>
      keptSkus(wanted).flatMap(({ sku, options }) => {
        const names = options.map(({ name }) => name.toLowerCase());
        const double = options.find(({ name }, nth) => names.indexOf(name.toLowerCase()) !== nth);
        return double ? [{ sku, value: double.name, message: 'names an option twice' }] : [];
      }),
  },
  {
    name: 'combination-twice',
    level: 'error',
    field: 'Option 1 Value',
    code: '12052560',
    next: 'Give one of them other options, or remove it',
    find(wanted) {
      const seen = new Map<string, string>();
      return keptSkus(wanted).flatMap(({ sku, options }): Hit[] => {
        if (options.length === 0) return [];
        const key = JSON.stringify(options.map(({ value }) => value.toLowerCase()));
        const other = seen.get(key);
        if (other === undefined) {
          seen.set(key, sku);
          return [];
        }
        const value = options.map((option) => option.value).join(' / ');
        return [{ sku, value, message: `has the options of ${other}; each combination may stand once` }];
      });
    },
  },
  {
    name: 'variant-images',
    level: 'error',
    field: 'Variant Image',
    code: '12052522',
    next: 'Give every value of the first option its picture, or none',
    find(wanted) {
      const skus = keptSkus(wanted).filter(({ options }) => options.length > 0);
      if (!skus.some(({ images }) => images.length > 0)) return [];
      const byValue = new Map<string, { sku: string; image: string | null }>();
      for (const { sku, options, images } of skus) {
        const value = options[0]!.value;
        const known = byValue.get(value);
        if (!known?.image) byValue.set(value, { sku, image: images[0] ?? null });
      }
      return [...byValue]
        .filter(([, { image }]) => image === null)
        .map(([value, { sku }]) => ({
          sku,
          value,
          message: `${value} has no picture and others have; TikTok wants one for every value of the first option`,
        }));
    },
  },
  {
    name: 'variant-images-spread',
    level: 'error',
    field: 'Variant Image',
    code: '12052528',
    next: 'Put the option that the pictures show first, and give SKUs that share its value one picture',
    find(wanted) {
      const images = new Map<string, string>();
      return keptSkus(wanted).flatMap(({ sku, options, images: own }): Hit[] => {
        const value = options[0]?.value;
        const [image] = own;
        if (value === undefined || image === undefined) return [];
        const known = images.get(value);
        images.set(value, known ?? image);
        return known !== undefined && known !== image
          ? [
              {
                sku,
                value: image,
                message: `${value} has several pictures; TikTok shows pictures of one option only`,
              },
            ]
          : [];
      });
    },
  },
  {
    name: 'external-id',
    level: 'error',
    field: 'External SKU Id',
    code: '12052996',
    next: 'Shorten it',
    find: (wanted) => [
      ...(wanted.externalId !== null && wanted.externalId.length > LONGEST_EXTERNAL_ID
        ? [tooLong('External Product Id', wanted.externalId)]
        : []),
      ...keptSkus(wanted).flatMap(({ sku, externalId }) =>
        externalId !== null && externalId.length > LONGEST_EXTERNAL_ID
          ? [{ ...tooLong('External SKU Id', externalId), sku }]
          : [],
      ),
    ],
  },
];

function tooLong(field: string, value: string): Hit {
  return { field, value, message: `has more than ${LONGEST_EXTERNAL_ID} characters` };
}
