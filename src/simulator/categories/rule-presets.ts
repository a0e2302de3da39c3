import type { Change } from './listing-world.js';

interface RulePreset {
  name: string;
  /** When it came into force in reality. */
  since: string;
  regions: string[];
  categoryIds: string[];
  about: string;
  changes: Change[];
}

const asian = ['ID', 'MY', 'PH', 'SG', 'TH', 'VN'];
const yesNo = [
  { id: '1000058', name: 'Yes' },
  { id: '1000059', name: 'No' },
];

function text(id: string, name: string, when: [attributeId: string, valueId: string][] = []): Change {
  return {
    kind: 'attribute',
    attribute: {
      id,
      name,
      type: 'PRODUCT_PROPERTY',
      isRequired: when.length === 0,
      isCustomizable: true,
      isMultiple: false,
      values: [],
      conditions: when.map(([attributeId, valueId]) => ({ attributeId, valueId })),
    },
  };
}

function choice(id: string, name: string, values: { id: string; name: string }[] = yesNo): Change {
  return {
    kind: 'attribute',
    attribute: {
      id,
      name,
      type: 'PRODUCT_PROPERTY',
      isRequired: true,
      isCustomizable: false,
      isMultiple: false,
      values,
      conditions: [],
    },
  };
}

function certificate(id: string, name: string): Change {
  return {
    kind: 'certificate',
    certificate: { id, name, isRequired: true, details: name, conditions: [], needsExpiry: false },
  };
}

/** Changes that TikTok announced from 2024 to 2026; where it did not print an id, one is made. */
export const rulePresets: readonly RulePreset[] = [
  {
    name: 'sea-2024-10-10-dangerous-goods',
    since: '2024-10-10',
    regions: asian,
    categoryIds: [],
    about: 'Dangerous Goods becomes a required attribute (84 categories; here all)',
    changes: [choice('101619', 'Other Dangerous Goods or Hazardous Materials')],
  },
  {
    name: 'us-2025-08-30-proposition-65',
    since: '2025-08-30',
    regions: ['US'],
    categoryIds: [],
    about: 'CA Prop 65 and choking hazard become mandatory',
    changes: [
      choice('101400', 'CA Prop 65: Carcinogens'),
      choice('101395', 'CA Prop 65: Repro. Chems'),
      choice('102291', 'Choking Hazard'),
    ],
  },
  {
    name: 'eu-2026-02-28-responsible-person',
    since: '2026-02-28',
    regions: ['DE', 'ES', 'FR', 'IE', 'IT'],
    categoryIds: [],
    about: 'A responsible person becomes mandatory',
    changes: [{ kind: 'rules', rules: { responsiblePersonRequired: true } }],
  },
  {
    name: 'vn-2026-05-26-licence',
    since: '2026-05-26',
    regions: ['VN'],
    categoryIds: [],
    about: 'Licence attributes in Beauty, Health, Baby, Food (here all)',
    changes: [text('103601', 'Product License Type'), text('103602', 'Product License Number')],
  },
  {
    name: 'my-2026-07-09-npra',
    since: '2026-07-09',
    regions: ['MY'],
    categoryIds: ['700648', '700649', '700650', '2160400'],
    about: 'NPRA Registered, and the MAL No. if it is',
    changes: [choice('101088', 'NPRA Registered'), text('101089', 'MAL No.', [['101088', '1000058']])],
  },
  {
    name: 'th-2026-07-31-rice',
    since: '2026-07-31',
    regions: ['TH'],
    categoryIds: ['917896'],
    about: 'FDA food registration number on the label of rice',
    changes: [certificate('8657871149890528999', 'FDA food registration number on label')],
  },
  {
    name: 'ph-2026-08-04-chairs',
    since: '2026-08-04',
    regions: ['PH'],
    categoryIds: ['876040', '877704', '879624'],
    about: 'Material, and the PS/ICC No. if it is plastic',
    changes: [
      choice('100701', 'Material', [
        { id: '1000201', name: 'Plastic' },
        { id: '1000202', name: 'Wood' },
        { id: '1000203', name: 'Metal' },
      ]),
      text('101073', 'PS/ICC No.', [['100701', '1000201']]),
    ],
  },
  {
    name: 'th-2026-08-05-tis',
    since: '2026-08-05',
    regions: ['TH'],
    categoryIds: ['874376', '910728'],
    about: 'TIS licence number and mark',
    changes: [
      text('103637', 'TIS License No.'),
      text('103636', 'TIS License URL'),
      certificate('8657871149955040999', 'Photo of product label in Thai with TIS mark'),
    ],
  },
];
