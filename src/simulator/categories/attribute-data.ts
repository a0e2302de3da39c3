import type { CategoryAttribute, Condition } from './category-model.js';

/*
 * Ids and names of product attributes: TikTok's bulk template for the US and its changelog about dangerous goods (US and UK, in force
 * since April 2025). Made: most of the values, the two sales attributes' values, and which answer asks for which further attribute.
 */
interface Options {
  required?: boolean;
  custom?: boolean;
  several?: boolean;
  format?: 'POSITIVE_INT_OR_DECIMAL';
  when?: Condition[];
  type?: CategoryAttribute['type'];
}

function attribute(
  id: string,
  name: string,
  values: Readonly<Record<string, string>>,
  { required = false, custom = false, several = false, format, when = [], type }: Options = {},
): CategoryAttribute {
  return {
    id,
    name,
    type: type ?? 'PRODUCT_PROPERTY',
    isRequired: required,
    isCustomizable: custom,
    isMultiple: several,
    values: Object.entries(values).map(([valueId, valueName]) => ({ id: valueId, name: valueName })),
    ...(format === undefined ? {} : { format }),
    conditions: when,
  };
}

const yesNo = { '1000058': 'Yes', '1000059': 'No' };
const yesNoUnsure = { ...yesNo, '1024360': 'Not Sure' };
const number = { custom: true, format: 'POSITIVE_INT_OR_DECIMAL' } as const;

function whenever(attributeId: string, ...valueIds: string[]): Condition[] {
  return valueIds.map((valueId) => ({ attributeId, valueId }));
}

const sale = { type: 'SALES_PROPERTY', custom: true } as const;
export const colour = attribute(
  '100000',
  'Color',
  { '1729592969712': 'Black', '1729592969713': 'White', '1729592969714': 'Red', '1729592969715': 'Blue' },
  sale,
);
export const size = attribute(
  '100007',
  'Size',
  { '1729592969720': 'S', '1729592969721': 'M', '1729592969722': 'L', '1729592969723': 'XL' },
  sale,
);
export const specification = attribute('100089', 'Specification', {}, sale);

/** Chains of three: battery, its type, how it is packed. */
export const batteries: readonly CategoryAttribute[] = [
  attribute(
    '101610',
    'Contains Batteries or Cells?',
    { '1024358': 'Batteries', '1024359': 'Cells', '1000325': 'None', '1024360': 'Not Sure' },
    { required: true },
  ),
  attribute(
    '100216',
    'Battery Type',
    {
      '1024361': 'Lithium Ion',
      '1023433': 'Lithium Metal',
      '1024362': 'Lead/Cadmium/Mercury',
      '1024363': 'Alkaline',
      '1020869': 'Other',
    },
    { when: whenever('101610', '1024358', '1024359') },
  ),
  attribute(
    '101611',
    'How Batteries Are Packed',
    {
      '1024364': 'Batteries Built-In',
      '1024365': 'Batteries Packed Separately',
      '1024366': 'Batteries Only',
    },
    { when: whenever('100216', '1024361', '1023433') },
  ),
  attribute(
    '101623',
    'Number of Batteries or cells',
    {},
    { ...number, when: whenever('100216', '1024361', '1023433') },
  ),
  attribute(
    '101624',
    'Battery or Cell Capacity in Wh',
    {},
    { ...number, when: whenever('100216', '1024361') },
  ),
  attribute(
    '101625',
    'Battery or Cell Capacity in grams',
    {},
    { ...number, when: whenever('100216', '1023433') },
  ),
  attribute(
    '101614',
    'Battery or Cell Weight in grams',
    {},
    { ...number, when: whenever('100216', '1024361', '1023433') },
  ),
];

export const flammables: readonly CategoryAttribute[] = [
  attribute('101574', 'Flammable Liquid', yesNoUnsure, { required: true }),
  attribute(
    '101626',
    'Flammable Liquid Volume in ml',
    {},
    { ...number, when: whenever('101574', '1000058') },
  ),
  attribute('101571', 'Aerosols', yesNoUnsure, { required: true }),
  attribute('101627', 'Aerosol Liquid Volume in ml', {}, { ...number, when: whenever('101571', '1000058') }),
];

export const otherDangers = attribute('101619', 'Other Dangerous Goods or Hazardous Materials', yesNoUnsure, {
  required: true,
});

/** US since August 2025. */
export const proposition65: readonly CategoryAttribute[] = [
  attribute('101395', 'CA Prop 65: Repro. Chems', yesNo, { required: true }),
  attribute(
    '101398',
    'Reprotoxic Chemicals',
    { '1025001': 'Bisphenol A (BPA)', '1025002': 'Di(2-ethylhexyl)phthalate (DEHP)' },
    { custom: true, several: true, when: whenever('101395', '1000058') },
  ),
  attribute('101400', 'CA Prop 65: Carcinogens', yesNo, { required: true }),
  attribute(
    '101397',
    'Carcinogen',
    { '1025011': 'Acrylamide', '1025012': 'Formaldehyde (gas)' },
    { custom: true, several: true, when: whenever('101400', '1000058') },
  ),
];

const months = { '1000044': '1 Month', '1000054': '12 Months', '1000055': '24 Months' };
export const warranty: readonly CategoryAttribute[] = [
  attribute('100107', 'Warranty Type', {
    '1000053': 'Manufacturer Warranty',
    '1000056': 'Supplier Warranty',
    '1000057': 'No Warranty',
  }),
  attribute('100495', 'Warranty Duration', months, { when: whenever('100107', '1000053', '1000056') }),
];

export const apparel: readonly CategoryAttribute[] = [
  attribute(
    '100157',
    'Materials',
    {
      '1001501': 'Cotton',
      '1001502': 'Polyester',
      '1001503': 'Wool',
      '1001504': 'Linen',
      '1001505': 'Nylon',
    },
    { custom: true, several: true },
  ),
  attribute(
    '100198',
    'Pattern',
    { '1001511': 'Plain', '1001512': 'Striped', '1001513': 'Floral' },
    { several: true },
  ),
  attribute('100393', 'Neckline', { '1001521': 'Crew Neck', '1001522': 'V Neck', '1001523': 'Collar' }),
  attribute('100395', 'Sleeve Length', { '1001531': 'Short', '1001532': 'Long', '1001534': 'Sleeveless' }),
  attribute(
    '100397',
    'Season',
    { '1001541': 'Spring', '1001542': 'Summer', '1001543': 'Autumn', '1001544': 'Winter' },
    { several: true },
  ),
  attribute(
    '100398',
    'Style',
    { '1001551': 'Casual', '1001552': 'Formal', '1001553': 'Sporty' },
    { custom: true, several: true },
  ),
  attribute('100399', 'Fit', { '1001561': 'Regular', '1001562': 'Slim', '1001563': 'Oversized' }),
  attribute('100401', 'Washing Instructions', {}, { custom: true }),
];

export const occasion = attribute(
  '100392',
  'Occasion',
  { '1001533': 'Birthday', '1001535': 'Wedding', '1001536': 'Everyday' },
  { custom: true, several: true },
);

export const recommendedAge = attribute('100433', 'Recommended Age', {
  '1002001': '0-12 Months',
  '1002002': '1-3 Years',
  '1002003': '4-7 Years',
  '1002004': '8 Years And Up',
});

/** Certificates of the Indonesian tree hang on it. */
export const isToyOrMedical = attribute('100108', 'Regulated Product', yesNo);

export const trackingLabel = attribute('101200', 'CPSIA Tracking Label', {}, { custom: true });
export const model = attribute('100177', 'Model', {}, { custom: true });
export const origin = attribute(
  '100336',
  'Region Of Origin',
  { '1003001': 'China', '1003002': 'Indonesia', '1003003': 'Italy', '1003004': 'United States' },
  { custom: true },
);
export const registration = attribute('101088', 'NPRA Registered', yesNo);
export const registrationNumber = attribute(
  '101089',
  'MAL No.',
  {},
  { custom: true, when: whenever('101088', '1000058') },
);
export const dietaryDisclaimer = attribute('102482', 'Dietary Supplement Disclaimer', yesNo, {
  required: true,
});
export const shelfLife = attribute('100174', 'Shelf Life in Months', {}, { ...number, required: true });
