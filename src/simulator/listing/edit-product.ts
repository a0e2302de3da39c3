import { countListing, quotaLeft } from '../categories/listing-quota.js';
import { NoQuery } from '../gateway/parameters.js';
import { shopRoute, type ApiRoute, type Method } from '../gateway/route.js';
import { productOfShop } from '../products/find-product.js';
import { refuseProduct, type ProductCode } from '../products/product-error.js';
import { applyContent } from '../state/apply-content.js';
import { submitContent } from '../state/audit-machine.js';
import type { Content } from '../state/content.js';
import type { EditLock, Product, ProductStatus } from '../state/product.js';
import { recordProduct, setProductStatus, type ChangeSource } from '../state/product-machine.js';
import type { Shop, World } from '../state/world.js';
import { assignIds } from './assign-ids.js';
import { applyPricesAndStock, withBeginnings } from './beginnings.js';
import { checkedContent } from './check-content.js';
import { contentOf, latestContent } from './content-of.js';
import { factsOf, type Submission } from './facts-of.js';
import { EditBody } from './listing-body.js';
import { listingAnswer } from './listing-answer.js';

/** TikTok: Edit Product. Everything that is not sent is blank afterwards, but price and stock. */
export const editProductRoute = editRoute('PUT', '/product/{version}/products/{product_id}', 'edit');

/** TikTok: Partial Edit Product. What is not sent stays; the SKUs are one field, so those not named in it are deleted. */
export const partialEditRoute = editRoute(
  'POST',
  '/product/{version}/products/{product_id}/partial_edit',
  'partial_edit',
);

function editRoute(method: Method, path: string, call: 'edit' | 'partial_edit'): ApiRoute {
  return shopRoute({
    method,
    path,
    versions: ['202509', '202309'],
    scopes: ['seller.product.write'],
    query: NoQuery,
    body: EditBody,
    handle: ({ world, shop, params, body: { save_mode: saveMode, ...body }, requestId }) => {
      const product = productOfShop(world, shop, params['product_id'] ?? '');
      const isDraft = saveMode === 'AS_DRAFT';
      const { content, warnings } = editListing(
        { world, shop, call, body, isDraft, product },
        { via: 'api', requestId },
      );
      return {
        ...listingAnswer(product.id, content),
        ...(call === 'edit' ? { warnings } : {}),
        audit: { status: product.audit },
      };
    },
  });
}

const gone: readonly ProductStatus[] = ['FREEZE', 'DELETED'];

const lockCodes: Readonly<Record<Exclude<EditLock, 'skus'>, ProductCode>> = {
  appeal: 12052308,
  auction: 12052371,
  limited: 12052922,
  migration: 12052332,
  gift: 12052163,
};

/** Changes the product as the call says. Throws the first thing that is wrong; nothing is changed then. */
export function editListing(
  submission: Submission & { product: Product },
  source: ChangeSource,
): { content: Content; warnings: { message: string }[] } {
  const { world, shop, product, body, isDraft } = submission;
  mayBeEdited(world, product, isDraft);
  const facts = factsOf(submission);
  const { content: checked, warnings } = checkedContent(facts);
  const isCounted = !isDraft && world.behaviour.editsCount && needsAudit(world, shop, product, checked);
  if (isCounted && quotaLeft(world, shop) === 0) throw refuseProduct(12052093);
  const content = withBeginnings(facts, assignIds(world, checked));
  note(world, shop, product, content, isDraft, source);
  if (isDraft) saveDraft(world, shop, product, content, source);
  else {
    applyPricesAndStock(world, shop, product, body, source);
    if (isCounted) countListing(world, shop);
    if (needsAudit(world, shop, product, content)) submitContent(world, shop, product, content, source);
  }
  world.changed();
  return { content, warnings };
}

/** TikTok: the product's status says what may be edited. UNCONFIRMED: while an audit runs. */
function mayBeEdited(world: World, product: Product, isDraft: boolean): void {
  const { status, editLock } = product;
  const isReviewed = product.audit === 'AUDITING' && product.pendingAudit !== undefined;
  if (gone.includes(status)) throw refuseProduct(12052901);
  if (isDraft && status === 'PENDING') throw refuseProduct(12052901);
  if (isDraft && status !== 'DRAFT' && world.behaviour.draftAfterSubmit === 'refused')
    throw refuseProduct(12052488);
  if (!isDraft && isReviewed && world.behaviour.editUnderReview === 'refused') throw refuseProduct(12052901);
  if (editLock !== undefined && editLock !== 'skus') throw refuseProduct(lockCodes[editLock]);
}

/** TikTok: a live product whose price and stock alone change goes to no audit. */
function needsAudit(world: World, shop: Shop, product: Product, content: Content): boolean {
  if (product.status !== 'ACTIVATE' || product.draft !== undefined) return true;
  return textOf(content) !== textOf(latestContent(world, shop, product));
}

function textOf(content: Content): string {
  const skus = content.skus.map(({ prices: _prices, stock: _stock, ...sku }) => sku);
  return JSON.stringify({ ...content, skus }, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/** What the edit does to the list of SKUs, held against the version that it starts from. */
function note(
  world: World,
  shop: Shop,
  product: Product,
  content: Content,
  isDraft: boolean,
  source: ChangeSource,
): void {
  const before = latestContent(world, shop, product).skus.map(({ id }) => id);
  const after = content.skus.map(({ id }) => id);
  recordProduct(world, shop, product, source, {
    kind: 'product_edited',
    content: {
      saveMode: isDraft ? 'AS_DRAFT' : 'LISTING',
      added: after.filter((id) => !before.includes(id)),
      removed: before.filter((id) => !after.includes(id)),
    },
  });
}

/** TikTok: a draft beside a product that was submitted has no stock and no delivery options of its own. */
function saveDraft(world: World, shop: Shop, product: Product, content: Content, source: ChangeSource): void {
  if (product.status === 'DRAFT' || product.status === 'FAILED') {
    applyContent(world, shop, product, content);
    // UNCONFIRMED: a refused product that is saved is a draft again.
    if (product.status === 'FAILED') setProductStatus(world, shop, product, 'DRAFT', source);
    shop.catalogue.touch(product, world.clock.nowSec());
    return;
  }
  const { deliveryOptionIds } = contentOf(world, shop, product);
  product.draft = {
    ...content,
    deliveryOptionIds,
    skus: content.skus.map(({ stock: _stock, ...sku }) => sku),
  };
  shop.catalogue.touch(product, world.clock.nowSec());
}
