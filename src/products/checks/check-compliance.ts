import { certificateField } from '../content/product-fields.js';
import { whereRules } from './check-attributes.js';
import type { CheckRule, Hit } from './check-rule.js';
import { isMet, resolveAttributes } from './resolve-attributes.js';

const MOST_CERTIFICATES = 10;
const MOST_ORDER = 20;
const LONGEST_DETAILS = 200;
const YES = /^(true|yes|1|y)$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,15}Z?)?$/;

/** Certificates, size chart, cash on delivery, EU product safety. Source: Get Category Rules and the codes of Create Product. */
export const complianceRules: readonly CheckRule[] = [
  {
    name: 'certificate-missing',
    level: 'error',
    field: null,
    code: '12052105',
    next: 'Give the address of the document in a column of that name, or once for the category in a template',
    find: whereRules((wanted, rules) => {
      const resolved = resolveAttributes(wanted, rules);
      const given = new Set(wanted.certificates.map(({ id }) => id));
      return rules.certificates
        .filter(
          ({ id, isRequired, conditions }) =>
            !given.has(id) && (isRequired || isMet(conditions, resolved) !== null),
        )
        .map(({ id, name, details }) => ({
          field: certificateField(id),
          value: null,
          message: `${name} is required${details === '' ? '' : `: ${details.slice(0, LONGEST_DETAILS)}`}`,
        }));
    }),
  },
  {
    name: 'certificate-unknown',
    level: 'warning',
    field: null,
    code: '12052650',
    next: 'Correct the id, or leave the column out: it is not sent',
    find: whereRules(({ certificates }, rules) =>
      certificates
        .filter(({ id }) => !rules.certificates.some((each) => each.id === id))
        .map(({ id, files }) => ({
          field: certificateField(id),
          value: files[0] ?? null,
          message: 'the category has no such certificate',
        })),
    ),
  },
  {
    name: 'certificates-too-many',
    level: 'error',
    field: null,
    code: '12052652',
    next: 'Leave some out',
    find: ({ certificates }) =>
      certificates.length > MOST_CERTIFICATES
        ? [{ value: String(certificates.length), message: `has more than ${MOST_CERTIFICATES} certificates` }]
        : [],
  },
  {
    name: 'certificate-expiry',
    level: 'error',
    field: null,
    code: '12052385',
    next: 'Give the date as 2027-12-31; an expired document has to be renewed',
    find: ({ certificates }, { category, now }) =>
      certificates.flatMap(({ id, expires }): Hit[] => {
        const field = certificateField(id, true);
        const rule =
          category.kind === 'rules' ? category.rules.certificates.find((each) => each.id === id) : undefined;
        if (expires === null)
          return rule?.needsExpiry
            ? [{ field, value: null, message: 'needs the date on which it expires' }]
            : [];
        const date = DATE.test(expires) ? Date.parse(expires) : Number.NaN;
        if (Number.isNaN(date)) return [{ field, value: expires, message: 'is no date' }];
        return date < now.getTime() ? [{ field, value: expires, message: 'has expired' }] : [];
      }),
  },
  {
    name: 'size-chart-missing',
    level: 'error',
    field: 'Size Chart',
    code: '12052673',
    next: 'Give the address of a picture, or the id of a template of Seller Center, in the feed or in a template',
    find: whereRules(({ sizeChart }, rules) =>
      rules.sizeChart === 'required' && sizeChart === null
        ? [{ value: null, message: 'the category demands a size chart' }]
        : [],
    ),
  },
  {
    name: 'size-chart-unsupported',
    level: 'warning',
    field: 'Size Chart',
    code: null,
    next: 'Leave it empty: TikTok ignores it',
    find: whereRules(({ sizeChart }, rules) =>
      rules.sizeChart === 'none' && sizeChart !== null
        ? [{ value: sizeChart, message: 'the category shows no size charts' }]
        : [],
    ),
  },
  {
    name: 'cash-on-delivery',
    level: 'error',
    field: 'COD',
    code: '12052222',
    next: 'Leave it empty, or say false',
    find({ cod }, { market, category }) {
      if (cod === null || !YES.test(cod)) return [];
      if (!market.isCodMarket)
        return [
          { value: cod, message: `there is no cash on delivery in ${market.region}`, nearest: 'false' },
        ];
      return category.kind === 'rules' && !category.rules.isCodSupported
        ? [{ value: cod, message: 'the category has no cash on delivery', nearest: 'false' }]
        : [];
    },
  },
  {
    name: 'manufacturer-missing',
    level: 'error',
    field: 'Manufacturer',
    code: '12052282',
    next: 'Give its id, in the feed or in a template; POST Product/{partnerId}/Compliance makes one',
    find: whereRules(({ manufacturer }, rules) =>
      rules.needsManufacturer && manufacturer === null
        ? [{ value: null, message: 'the category demands the manufacturer (EU product safety)' }]
        : [],
    ),
  },
  {
    name: 'responsible-person-missing',
    level: 'error',
    field: 'Responsible Person',
    code: '12052283',
    next: 'Give its id, in the feed or in a template; POST Product/{partnerId}/Compliance makes one',
    find: whereRules(({ responsiblePerson }, rules) =>
      rules.needsResponsiblePerson && responsiblePerson === null
        ? [{ value: null, message: 'the category demands a responsible person in the EU' }]
        : [],
    ),
  },
  {
    name: 'minimum-order',
    level: 'error',
    field: 'Minimum Order',
    code: '12052706',
    next: 'Correct it, or leave it empty',
    find: ({ minimumOrder: text }) =>
      text === null || (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ORDER)
        ? []
        : [
            {
              value: text,
              message: `is not between 1 and ${MOST_ORDER}`,
              nearest: /^\d{1,9}$/.test(text) ? '1' : null,
            },
          ],
  },
  {
    name: 'pre-sale',
    level: 'error',
    field: 'Pre Sale Type',
    code: '12052273',
    next: 'Leave it empty',
    find: whereRules(({ preSaleType }, { specialTypes }) =>
      preSaleType !== null && !specialTypes.includes(preSaleType)
        ? [
            {
              value: preSaleType,
              message: `the category takes ${specialTypes.length === 0 ? 'no special types' : specialTypes.join(', ')}`,
              nearest: specialTypes[0] ?? null,
            },
          ]
        : [],
    ),
  },
];
