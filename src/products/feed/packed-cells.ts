const MOST_VARIATIONS = 1_000;
const MOST_PAIRS = 100;

/** Magento's `sku=A,color=Red|sku=B,color=Blue` of a parent. */
export function variationsOf(text: string): { sku: string; options: [name: string, value: string][] }[] {
  if (text === '') return [];
  return text
    .split('|')
    .slice(0, MOST_VARIATIONS)
    .flatMap((part) => {
      const pairs = pairsOf(part);
      const sku = pairs.find(([name]) => name === 'sku')?.[1];
      if (!sku) return [];
      return [{ sku, options: pairs.filter(([name]) => name !== 'sku').slice(0, 3) }];
    });
}

/** Bookkeeping of the shop, which is nothing that a buyer reads. */
const INTERNAL = new Set([
  'has_options',
  'required_options',
  'quantity_and_stock_status',
  'msrp_display_actual_price_type',
]);

/** Magento's `name=value,name=value`; a comma within a value is not told from the next pair unless a name follows it. */
export function packedValues(text: string): [name: string, value: string][] {
  return text === '' ? [] : pairsOf(text).filter(([name]) => !INTERNAL.has(name));
}

function pairsOf(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of text.split(',').slice(0, MOST_PAIRS)) {
    const at = part.indexOf('=');
    const last = pairs.at(-1);
    if (at > 0) pairs.push([part.slice(0, at).trim().slice(0, 100), part.slice(at + 1).trim()]);
    else if (last) last[1] += `,${part}`;
  }
  return pairs.filter(([, value]) => value !== '');
}
