import { skuLimit } from '../../products/find-product.js';
import type { ContentSku, IdentifierCode } from '../../state/content.js';
import { anySku, hasDoubles, wasSubmitted, type Facts, type ListingRule } from '../listing-rule.js';

const LONGEST_SELLER_SKU = 50;
const LONGEST_EXTERNAL = 999;
const LONGEST_URL = 200;

const digits: Readonly<Record<string, RegExp>> = {
  GTIN: /^\d{14}$/,
  EAN: /^(\d{8}|\d{13}|\d{14})$/,
  UPC: /^\d{12}$/,
  ISBN: /^(\d{13}|\d{9}X)$/,
  JAN: /^(\d{8}|\d{13})$/,
};

export const skuRules: readonly ListingRule[] = [
  { code: 12052902, broken: ({ content }) => content.skus.length === 0 },
  {
    // The text of the create's code says 100 in every market.
    code: ({ call }) => (call === 'create' || call === 'check' ? 12052050 : 12052558),
    broken: ({ content, shop }) => content.skus.length > skuLimit(shop),
  },
  {
    code: 12052557,
    broken: anySku(({ id }, { base, product }) => id !== '' && !isOfProduct(id, base, product)),
  },
  {
    code: 12052553,
    broken: ({ content }) => hasDoubles(content.skus.map(({ id }) => id).filter((id) => id !== '')),
  },
  { code: 12019056, broken: ({ product, content }) => product?.editLock === 'skus' && adds(content) },
  {
    code: 12019057,
    broken: ({ product, content, body }) =>
      product?.editLock === 'skus' &&
      body.skus !== undefined &&
      product.skus.some((sku) => !content.skus.some(({ id }) => id === sku.id)),
  },
  { code: 12052054, broken: anySku(({ sellerSku }) => Array.from(sellerSku).length > LONGEST_SELLER_SKU) },
  // TikTok: text without spaces. UNCONFIRMED: the code.
  { code: 12052910, broken: anySku(({ sellerSku }) => /\s/.test(sellerSku)) },
  { code: 12052910, broken: anySku(({ externalSkuId = '' }) => externalSkuId.length > LONGEST_EXTERNAL) },
  {
    code: 12052593,
    broken: (facts) => wasSubmitted(facts) && facts.content.skus.some((sku) => renames(facts, sku)),
  },
  {
    code: 12052600,
    broken: anySku(({ identifierCode: code }) => code !== undefined && code.code !== '' && code.type === ''),
  },
  {
    code: 12052598,
    broken: anySku(({ identifierCode: code }) => code !== undefined && /X/i.test(code.code) && !isGood(code)),
    clears: clearedCode('Only the last digit supports input X'),
  },
  {
    code: 12052591,
    broken: anySku(({ identifierCode: code }) => code !== undefined && !isGood(code)),
    clears: clearedCode('Invalid number of digits of identifier code'),
  },
  {
    code: 12052592,
    broken: ({ content }) =>
      hasDoubles(content.skus.flatMap(({ identifierCode: code }) => (code === undefined ? [] : [code.code]))),
  },
  { code: 12052235, broken: anySku(({ externalUrls }) => externalUrls.some((url) => !URL.canParse(url))) },
  {
    code: 12052238,
    broken: anySku(({ externalUrls }) => externalUrls.some((url) => url.length > LONGEST_URL)),
  },
];

function isOfProduct(id: string, base: Facts['base'], product: Facts['product']): boolean {
  return [...(base?.skus ?? []), ...(product?.skus ?? [])].some((sku) => sku.id === id);
}

function adds({ skus }: Facts['content']): boolean {
  return skus.some(({ id }) => id === '');
}

/** TikTok: final once the product was submitted, which goes for leaving it out as well. */
function renames({ base, body, world }: Facts, sku: ContentSku): boolean {
  const before = base?.skus.find(({ id }) => id === sku.id);
  if (before === undefined || body.skus === undefined) return false;
  const [was, is] = [before.identifierCode, sku.identifierCode];
  if (was === undefined) return is !== undefined && world.behaviour.identifierLater === 'refused';
  return was.code !== is?.code || was.type !== is.type;
}

function isGood({ code, type }: IdentifierCode): boolean {
  return code === '' || digits[type]?.test(code) === true;
}

function isWrong({ identifierCode: code }: ContentSku): boolean {
  return code !== undefined && !isGood(code);
}

function clearedCode(reason: string): NonNullable<ListingRule['clears']> {
  return {
    field: ({ content }) =>
      `[skus.identifier_code.code]:${content.skus.find(isWrong)?.identifierCode?.code ?? ''}`,
    reason,
    without: ({ content }) => ({
      ...content,
      skus: content.skus.map((sku) => (isWrong(sku) ? { ...sku, identifierCode: undefined } : sku)),
    }),
  };
}
