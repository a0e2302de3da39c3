import { keptSkus, type CheckRule, type Hit } from './check-rule.js';
import { judgeCode } from './product-code.js';

/** Codes such as GTIN and EAN. Create drops a bad one with a warning only, and it can never be changed later. */
export const codeRules: readonly CheckRule[] = [
  {
    name: 'code',
    level: 'error',
    field: 'GTIN',
    code: '12052591',
    next: 'Correct it, or leave it empty: TikTok would drop it, and it cannot be changed later',
    find: (wanted) =>
      keptSkus(wanted).flatMap(({ sku, code }): Hit[] => {
        if (code === null) return [];
        const { problem, nearest } = judgeCode(code.code, code.type);
        return problem === null ? [] : [{ sku, value: code.code, message: problem, nearest }];
      }),
  },
  {
    name: 'code-twice',
    level: 'error',
    field: 'GTIN',
    code: '12052592',
    next: 'Give each SKU its own code, or none',
    find: (wanted, { codeTwins }) =>
      keptSkus(wanted).flatMap(({ sku, code }, nth): Hit[] => {
        if (code === null) return [];
        const own = keptSkus(wanted).find((other, at) => at !== nth && other.code?.code === code.code)?.sku;
        const twin = own ?? codeTwins.get(code.code)?.find((other) => other !== sku);
        return twin === undefined
          ? []
          : [
              {
                sku,
                value: code.code,
                message: `is the code of ${twin}, too; each code may stand once in a shop`,
              },
            ];
      }),
  },
];
