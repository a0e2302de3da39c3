import type { ProductStatus } from './product.js';

export const productEffectKinds = [
  'inventory_updated',
  'price_updated',
  'status_changed',
  'product_created',
  'product_edited',
  'product_audited',
] as const;

/** A change of the catalogue that was really made; one per SKU, whether or not the value is a new one. */
export interface ProductEffect {
  seq: number;
  atSec: number;
  kind: (typeof productEffectKinds)[number];
  via: 'api' | 'seller_center' | 'platform';
  shopId: string;
  productId: string;
  skuId?: string;
  sellerSku?: string;
  inventory?: { warehouseId: string; before: number; after: number }[];
  /** Decimals in the shop's currency. */
  price?: { before: string; after: string };
  status?: { before: ProductStatus; after: ProductStatus };
  /** Of a new or changed content: whether it is a draft, and the SKUs that it adds and takes away. */
  content?: { saveMode: 'AS_DRAFT' | 'LISTING'; added: string[]; removed: string[] };
  /** What an audit ended with. */
  audit?: string;
  requestId: string;
}

export type ProductEffectCounts = Record<ProductEffect['kind'], number>;

function noCounts(): ProductEffectCounts {
  const zeros = Object.fromEntries(productEffectKinds.map((kind) => [kind, 0]));
  return zeros as ProductEffectCounts;
}

export interface ProductEffectFilter {
  shop?: string | undefined;
  product?: string | undefined;
  sku?: string | undefined;
  sellerSku?: string | undefined;
  kind?: string | undefined;
  afterSeq?: number | undefined;
  limit?: number | undefined;
}

const KEPT = 5000;

/** All are counted, the last few thousand are kept: a load of updates does not fill the memory. */
export class ProductEffects {
  private entries: ProductEffect[] = [];
  private seq = 0;
  readonly counts = noCounts();

  add(effect: Omit<ProductEffect, 'seq'>): void {
    this.entries.push({ seq: ++this.seq, ...effect });
    this.counts[effect.kind]++;
    // Cut in large steps: shifting one by one would cost a copy of the list for each effect.
    if (this.entries.length > KEPT * 1.2) this.entries = this.entries.slice(-KEPT);
  }

  list(filter: ProductEffectFilter = {}): ProductEffect[] {
    const found = this.entries.filter(
      (effect) =>
        (filter.shop === undefined || effect.shopId === filter.shop) &&
        (filter.product === undefined || effect.productId === filter.product) &&
        (filter.sku === undefined || effect.skuId === filter.sku) &&
        (filter.sellerSku === undefined || effect.sellerSku === filter.sellerSku) &&
        (filter.kind === undefined || effect.kind === filter.kind) &&
        (filter.afterSeq === undefined || effect.seq > filter.afterSeq),
    );
    return filter.limit === undefined ? found : found.slice(-filter.limit);
  }

  clear(): void {
    this.entries = [];
    Object.assign(this.counts, noCounts());
  }

  state(): { seq: number; counts: ProductEffectCounts; entries: readonly ProductEffect[] } {
    return { seq: this.seq, counts: { ...this.counts }, entries: [...this.entries] };
  }

  restore(state: ReturnType<ProductEffects['state']>): void {
    this.seq = state.seq;
    this.entries = [...state.entries];
    Object.assign(this.counts, state.counts);
  }
}
