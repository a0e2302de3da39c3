import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../connections/connection.js';
import { listShopWarehouses } from '../../catalogue/catalogue-store.js';
import type { MirrorWarehouse } from '../../domain/product.js';
import { wantedOf } from '../content/wanted.js';
import { knownMedia } from '../media/known-media.js';
import { mediaFindings, placesOfMedia } from '../media/media-findings.js';
import type { ProductsDeps } from '../products-deps.js';
import { noteChecked, type StoredProduct } from '../product-store.js';
import { walkUnchecked, type CheckableProduct } from '../walk-products.js';
import { inOrder, withTemplates, type ProductTemplate } from '../templates/product-template.js';
import { listTemplates } from '../templates/template-store.js';
import { checkProduct } from './check-product.js';
import { codeTwinsOf } from './code-twins.js';
import type { ListingFacts } from './listing-facts.js';
import type { BrandAnswer, CategoryAnswer, CheckContext } from './listing-rules.js';
import { limitsOf } from '../specification/held-rules.js';
import type { ProductFinding } from './product-finding.js';

/** Actions of which nothing but the product itself matters. */
const ENDING = new Set(['Delete', 'Deactivate']);

/** What somebody was changing while it was checked is checked again, a few times. */
const MOST_WALKS = 5;
const MOST_LOST = 1_000;
const WALK_AGAIN_MS = 200;

export interface CheckDeps extends ProductsDeps {
  facts: ListingFacts;
  /** Of images, as MediaFetcher has them; none when left out. */
  ownHosts?: readonly string[];
}

/** What one walk over products has asked already. */
export interface CheckRun {
  connection: Connection;
  templates: readonly ProductTemplate[];
  /** All that the mirror has of the shop. */
  warehouses: readonly MirrorWarehouse[];
  /** See CheckContext. */
  openWarehouses: readonly string[] | null;
  codeTwins: CheckContext['codeTwins'];
  categories: Map<string, Promise<CategoryAnswer>>;
  brands: Map<string, Promise<BrandAnswer | null>>;
  now: Date;
}

export async function beginChecks({ db, clock }: ProductsDeps, connection: Connection): Promise<CheckRun> {
  const { environment, shopId } = connection;
  const warehouses = shopId === null ? [] : await listShopWarehouses(db.prisma, { environment, shopId });
  return {
    connection,
    templates: inOrder(await listTemplates(db.prisma, connection.id)),
    warehouses,
    openWarehouses: openOf(warehouses, connection),
    codeTwins: await codeTwinsOf(db.prisma, connection.id),
    categories: new Map(),
    brands: new Map(),
    now: clock.now(),
  };
}

/**
 * Checks the products of a connection that have changed since they were checked, in batches. Outside of transactions: rules
 * may have to be read from TikTok. A product that changes meanwhile is checked with the next call.
 */
export async function checkProducts(
  deps: CheckDeps,
  connection: Connection,
  isOver: () => boolean = () => false,
): Promise<void> {
  for (let walk = 1; walk <= MOST_WALKS; walk++) {
    const lost = await walkOnce(deps, connection, isOver);
    // Of many at once a feed is being taken in, after which they are checked by themselves.
    if (lost === 0 || lost > MOST_LOST || isOver()) return;
    await sleep(WALK_AGAIN_MS);
  }
}

/** @returns of how many nothing could be said, since somebody was changing them */
async function walkOnce(deps: CheckDeps, connection: Connection, isOver: () => boolean): Promise<number> {
  const { db } = deps;
  let lost = 0;
  let run: CheckRun | null = null;
  const note = async (noted: Parameters<typeof noteChecked>[2]): Promise<void> => {
    const count = await noteChecked(db.prisma, connection.id, noted, deps.clock.now());
    lost += noted.length - count;
  };
  /** What was found of one batch is written while the next one is checked. */
  let noting: Promise<void> = Promise.resolve();
  for await (const products of walkUnchecked(db, connection.id)) {
    if (isOver()) break;
    run ??= await beginChecks(deps, connection);
    const checked = await checkBatch(deps, run, products);
    const noted = checked.map(({ product: { productKey, version }, findings, isUnread }) => ({
      productKey,
      version,
      findings,
      isCompliant: !isUnread && findings.every(({ level }) => level !== 'error'),
    }));
    await noting;
    noting = note(noted);
    // Awaited with the next batch, or at the end.
    noting.catch(() => undefined);
  }
  await noting;
  return lost;
}

export interface CheckedBatchProduct<Product = StoredProduct> {
  product: Product;
  findings: ProductFinding[];
  context: CheckContext;
  wanted: ReturnType<typeof wantedOf>;
  /** Rules could not be read: it is looked at again. */
  isUnread: boolean;
}

/** Of products with what templates say. */
export async function checkBatch<Product extends CheckableProduct>(
  deps: CheckDeps,
  run: CheckRun,
  products: readonly Product[],
): Promise<CheckedBatchProduct<Product>[]> {
  const { connection } = run;
  const market = limitsOf(connection);
  const wanted = products.map((product) =>
    wantedOf({ ...product, fields: withTemplates(product, run.templates) }, market.currency),
  );
  const places = wanted.map((one) => placesOfMedia(one));
  const media = await knownMedia(
    deps.db,
    connection,
    places.flat().map(({ url }) => url),
  );
  const checked: CheckedBatchProduct<Product>[] = [];
  for (const [nth, product] of products.entries()) {
    const one = wanted[nth]!;
    const category = await categoryOf(deps, run, one.category);
    const context: CheckContext = {
      market,
      category,
      brand: await brandOf(deps, run, one.brand, category),
      warehouses: run.openWarehouses,
      isCrossBorder: connection.sellerType === 'CROSS_BORDER',
      isListed: product.tiktokProductId !== null,
      codeTwins: run.codeTwins,
      ownHosts: deps.ownHosts ?? [],
      now: run.now,
    };
    const rows = new Map(product.skus.map(({ sku, position }) => [sku, position]));
    const { conflicts, rowNumber: row } = product;
    const findings = [
      ...(ENDING.has(one.action) ? [] : mediaFindings(places[nth]!, media, { row, rows })),
      ...checkProduct({ wanted: one, conflicts, row, rows }, context),
    ];
    checked.push({ product, findings, context, wanted: one, isUnread: category.kind === 'unread' });
  }
  return checked;
}

async function categoryOf({ facts }: CheckDeps, run: CheckRun, text: string | null): Promise<CategoryAnswer> {
  const key = text ?? '';
  const known = run.categories.get(key) ?? facts.category(run.connection, text);
  run.categories.set(key, known);
  return known;
}

async function brandOf(
  { facts }: CheckDeps,
  run: CheckRun,
  text: string | null,
  category: CategoryAnswer,
): Promise<BrandAnswer | null> {
  if (text === null || category.kind !== 'rules') return null;
  const { categoryId } = category.rules;
  const key = `${categoryId} ${text}`;
  const known = run.brands.get(key) ?? facts.brand(run.connection, text, categoryId);
  run.brands.set(key, known);
  return known;
}

/** Codes, names and ids by which a feed may name the places that sell; null when TikTok's were never read. */
function openOf(all: readonly MirrorWarehouse[], { settings }: Connection): string[] | null {
  if (all.length === 0) return null;
  const open = all.filter(
    ({ type, effectStatus }) => type === 'SALES_WAREHOUSE' && effectStatus === 'ENABLED',
  );
  const ids = new Set(open.map(({ warehouseId }) => warehouseId));
  const codes = Object.entries(settings.warehouseCodes).filter(([, id]) => ids.has(id));
  return [...codes.map(([code]) => code), ...open.flatMap(({ name, warehouseId }) => [name, warehouseId])];
}
