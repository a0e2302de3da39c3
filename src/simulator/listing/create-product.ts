import { createHash } from 'node:crypto';

import { countListing, quotaLeft } from '../categories/listing-quota.js';
import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { skuOf } from '../state/apply-content.js';
import { submitContent } from '../state/audit-machine.js';
import type { Content } from '../state/content.js';
import type { Product } from '../state/product.js';
import { recordProduct, type ChangeSource } from '../state/product-machine.js';
import type { Shop, World } from '../state/world.js';
import { assignIds } from './assign-ids.js';
import { withBeginnings } from './beginnings.js';
import { checkedContent } from './check-content.js';
import { factsOf, type Submission } from './facts-of.js';
import { CreateBody } from './listing-body.js';
import { listingAnswer } from './listing-answer.js';

/** TikTok: Create Product 202309. */
export const createProductRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/products',
  versions: ['202309'],
  scopes: ['seller.product.write'],
  query: NoQuery,
  body: CreateBody,
  handle: ({ world, shop, body: { save_mode: saveMode, idempotency_key: key, ...body }, requestId }) =>
    oncePerKey(world, shop, key, { saveMode, body }, () => {
      const isDraft = saveMode === 'AS_DRAFT';
      const submission: Submission = { world, shop, call: 'create', body, isDraft };
      const { product, content, warnings } = createListing(submission, { via: 'api', requestId });
      return { ...listingAnswer(product.id, content), warnings };
    }),
});

/** Makes the product and sends it to the audit, unless it is a draft. Throws the first thing that is wrong. */
function createListing(
  submission: Submission,
  source: ChangeSource,
): { product: Product; content: Content; warnings: { message: string }[] } {
  const { world, shop, isDraft } = submission;
  const facts = factsOf(submission);
  const { content: checked, warnings } = counted(world, shop, isDraft, () => {
    const kept = checkedContent(facts);
    if (!isDraft && quotaLeft(world, shop) === 0) throw refuseProduct(12052093);
    return kept;
  });
  const content = withBeginnings(facts, assignIds(world, checked));
  const product = newProduct(world, content);
  shop.catalogue.add(product);
  const added = product.skus.map(({ id }) => id);
  const saveMode = isDraft ? 'AS_DRAFT' : 'LISTING';
  recordProduct(world, shop, product, source, {
    kind: 'product_created',
    content: { saveMode, added, removed: [] },
  });
  if (!isDraft) submitContent(world, shop, product, content, source);
  world.changed();
  return { product, content, warnings };
}

/** TikTok: so many listings a day. UNCONFIRMED: whether one that is refused counts. */
function counted<T>(world: World, shop: Shop, isDraft: boolean, check: () => T): T {
  try {
    const checked = check();
    if (!isDraft) countListing(world, shop);
    return checked;
  } catch (error) {
    if (!isDraft && world.behaviour.refusedListings === 'count') countListing(world, shop);
    throw error;
  }
}

function newProduct(world: World, content: Content): Product {
  const id = world.ids.next('product');
  const nowSec = world.clock.nowSec();
  const product: Product = {
    id,
    seq: world.ids.counters.product,
    title: content.title,
    status: 'DRAFT',
    audit: 'NONE',
    createdSec: nowSec,
    updatedSec: nowSec,
    skus: [],
    content,
    pristine: false,
  };
  product.skus = content.skus.map((sku) => skuOf(product, content.title, sku));
  return product;
}

interface Remembered {
  answer: object;
  sent: string;
  atSec: number;
}

/**
 * TikTok: `idempotency_key`, unique in the shop. A refused call may be sent again with its key. UNCONFIRMED: how long a key is
 * known, and what a call with the same key and another content is told.
 */
function oncePerKey(
  world: World,
  shop: Shop,
  key: string | undefined,
  call: object,
  create: () => object,
): object {
  if (key === undefined) return create();
  const name = JSON.stringify(['create product', shop.id, key]);
  const known = world.idempotent.get(name) as Remembered | undefined;
  const nowSec = world.clock.nowSec();
  const sent = createHash('sha256').update(JSON.stringify(call)).digest('hex');
  if (known !== undefined && nowSec - known.atSec < world.behaviour.idempotencySec) {
    const isOther = known.sent !== sent;
    if (isOther && world.behaviour.keyOfOtherContent === 'refused') throw refuseProduct(12052910);
    return known.answer;
  }
  const answer = create();
  world.idempotent.set(name, { answer, sent, atSec: nowSec } satisfies Remembered);
  world.changed();
  return answer;
}
