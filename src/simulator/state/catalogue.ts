import type { Sku } from './model.js';
import { firstAtOrAfter } from './time-book.js';
import type { Product } from './product.js';
import type { ProductBatch } from './product-batch.js';

/** The products of one shop by id, SKU and seller SKU, and sorted by their last change. */
export class Catalogue {
  private readonly products = new Map<string, Product>();
  private readonly skusById = new Map<string, Sku>();
  // Several products may carry the same seller SKU: TikTok does not mind.
  private readonly skusBySeller = new Map<string, Sku[]>();
  private readonly retired = new Map<string, Sku>();
  private sorted: Product[] = [];
  private readonly moved = new Set<Product>();
  readonly batches: ProductBatch[] = [];
  /** Rises with every change: what was found under one revision is valid as long as it stands. */
  revision = 0;

  get size(): number {
    return this.products.size;
  }

  product(id: string): Product | undefined {
    return this.products.get(id);
  }

  sku(id: string): Sku | undefined {
    return this.skusById.get(id);
  }

  /** Also one that an edit has removed: orders go on naming it. */
  everSku(id: string): Sku | undefined {
    return this.skusById.get(id) ?? this.retired.get(id);
  }

  skusOf(sellerSku: string): readonly Sku[] {
    return this.skusBySeller.get(sellerSku) ?? [];
  }

  all(): Iterable<Product> {
    return this.products.values();
  }

  add(product: Product): void {
    this.products.set(product.id, product);
    for (const sku of product.skus) this.addSku(sku);
    for (const sku of product.retired ?? []) this.retired.set(sku.id, sku);
    this.move(product);
  }

  /** Puts these in place of the product's SKUs. Those that go are on sale no longer. */
  replaceSkus(product: Product, skus: Sku[]): void {
    const gone = product.skus.filter((sku) => !skus.includes(sku));
    for (const sku of gone) {
      this.skusById.delete(sku.id);
      this.retired.set(sku.id, sku);
      this.skusBySeller.set(
        sku.sellerSku,
        this.skusOf(sku.sellerSku).filter((other) => other !== sku),
      );
    }
    if (gone.length > 0) product.retired = [...(product.retired ?? []), ...gone];
    for (const sku of skus) if (!product.skus.includes(sku)) this.addSku(sku);
    product.skus = skus;
    this.revision++;
  }

  renameSku(sku: Sku, sellerSku: string): void {
    const others = this.skusOf(sku.sellerSku).filter((other) => other !== sku);
    this.skusBySeller.set(sku.sellerSku, others);
    sku.sellerSku = sellerSku;
    this.addSku(sku);
  }

  private addSku(sku: Sku): void {
    this.skusById.set(sku.id, sku);
    const alike = this.skusBySeller.get(sku.sellerSku);
    if (alike === undefined) this.skusBySeller.set(sku.sellerSku, [sku]);
    else alike.push(sku);
  }

  /** Notes that the product changed; with a time, that TikTok's clients see it as updated then. */
  touch(product: Product, atSec?: number): void {
    product.pristine = false;
    if (atSec !== undefined && atSec !== product.updatedSec) {
      product.updatedSec = atSec;
      this.move(product);
    } else {
      this.revision++;
    }
  }

  private move(product: Product): void {
    this.moved.add(product);
    this.revision++;
  }

  /**
   * Oldest change first. Sorted when read: twenty thousand changes in a row cost one merge, not as many shifts of a
   * list of a hundred thousand.
   */
  sortedByUpdate(): readonly Product[] {
    if (this.moved.size > 0) {
      const still = this.sorted.filter((product) => !this.moved.has(product));
      const fresh = [...this.moved].toSorted(byUpdate);
      const last = still.at(-1);
      const [first] = fresh;
      const inOrder = last === undefined || first === undefined || byUpdate(last, first) < 0;
      this.sorted = still.concat(fresh);
      if (!inOrder) this.sorted.sort(byUpdate);
      this.moved.clear();
    }
    return this.sorted;
  }

  /** Those updated from `fromSec` up to and including `toSec`, oldest change first. */
  updatedBetween(fromSec: number | undefined, toSec: number | undefined): readonly Product[] {
    const sorted = this.sortedByUpdate();
    if (fromSec === undefined && toSec === undefined) return sorted;
    const from = fromSec === undefined ? 0 : firstAtOrAfter(sorted, 'update_time', { sec: fromSec, seq: 0 });
    const to =
      toSec === undefined ? sorted.length : firstAtOrAfter(sorted, 'update_time', { sec: toSec + 1, seq: 0 });
    return sorted.slice(from, to);
  }
}

/** Oldest change first. */
export function byUpdate(a: Product, b: Product): number {
  return a.updatedSec - b.updatedSec || a.seq - b.seq;
}
