import { randomBytes } from 'node:crypto';

export type IdKind =
  | 'order'
  | 'unit'
  | 'package'
  | 'shop'
  | 'sku'
  | 'product'
  | 'warehouse'
  | 'user'
  | 'combination'
  | 'cancel'
  | 'cancel_line'
  | 'return'
  | 'return_line'
  | 'attribute'
  | 'attribute_value'
  | 'brand'
  | 'size_chart';

// Leading digits as seen in the documentation's samples. All exceed 2^53 so that a client reading them as numbers fails.
const prefixes: Record<IdKind, string> = {
  order: '5764',
  unit: '5770',
  package: '11521',
  shop: '74950',
  sku: '17293',
  product: '17295',
  warehouse: '69550',
  user: '70214',
  combination: '40353',
  cancel: '40354',
  cancel_line: '40355',
  return: '40356',
  return_line: '40357',
  attribute: '71000',
  attribute_value: '71001',
  brand: '70824',
  size_chart: '73620',
};

const none: Record<IdKind, number> = {
  order: 0,
  unit: 0,
  package: 0,
  shop: 0,
  sku: 0,
  product: 0,
  warehouse: 0,
  user: 0,
  combination: 0,
  cancel: 0,
  cancel_line: 0,
  return: 0,
  return_line: 0,
  attribute: 0,
  attribute_value: 0,
  brand: 0,
  size_chart: 0,
};

const STRIDE = 7919;
const SPACE = 10 ** 14;

/** Ascending, unique ids of 18 or 19 digits, as strings. Counters are part of the saved state. */
export class IdentifierSource {
  readonly counters: Record<IdKind, number>;

  /** Counters of a saved state; kinds that it did not know yet start at the beginning. */
  constructor(counters: Partial<Record<IdKind, number>> = {}) {
    this.counters = { ...none, ...counters };
  }

  next(kind: IdKind): string {
    return idAt(kind, ++this.counters[kind]);
  }

  /** Keeps many ids at once: gives the place of the first, for `idAt`. */
  reserve(kind: IdKind, count: number): number {
    const first = this.counters[kind] + 1;
    this.counters[kind] += count;
    return first;
  }
}

export function idAt(kind: IdKind, count: number): string {
  return prefixes[kind] + String(SPACE + 613_000_000_000 + count * STRIDE).slice(1);
}

/** TikTok's form: 14 digits of UTC time, then 20 hex digits. */
export function requestId(nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14);
  return stamp + randomBytes(10).toString('hex').toUpperCase();
}
