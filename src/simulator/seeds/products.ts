import { contentOf } from '../listing/content-of.js';
import type { Seller } from '../state/model.js';
import type { Product } from '../state/product.js';
import { addShop, type Shop, type World } from '../state/world.js';
import { addProduct, type NewProduct } from './build-product.js';

type Change = (product: Product, world: World, shop: Shop) => void;

/** One product in each state that a listing can be in, in markets whose rules differ. */
export function seedProducts(world: World): void {
  for (const region of ['US', 'ID', 'DE']) {
    const seller: Seller = {
      openId: world.ids.next('user'),
      name: `Every Listing ${region}`,
      email: `products-${region.toLowerCase()}@seller.example`,
      password: 'demo',
      baseRegion: region,
    };
    world.sellers.set(seller.openId, seller);
    const shop = addShop(world, { name: seller.name, region, sellerType: 'LOCAL', openId: seller.openId });
    for (const [title, extra, change] of states) {
      const name = title.replaceAll(' ', '-').toUpperCase();
      const skus = ['S', 'M'].map((size) => ({
        sellerSku: `${name}-${size}`.slice(0, 50),
        name: size,
        stock: 25,
      }));
      const product = addProduct(world, shop, { title: `Sample listing, ${title}`, skus, ...extra });
      change?.(product, world, shop);
    }
  }
  world.effects.length = 0;
  world.productEffects.clear();
}

const states: readonly (readonly [title: string, extra: Partial<NewProduct>, change?: Change])[] = [
  ['live', {}],
  ['a draft only', { status: 'DRAFT' }],
  ['in its first review', { status: 'PENDING' }],
  ['waiting for the seller after its review', { status: 'PENDING', audit: 'PRE_APPROVED' }],
  ['refused', { status: 'FAILED' }],
  [
    'live with an edit in review',
    {},
    (product, world, shop) => {
      product.review = { ...contentOf(world, shop, product), title: `${product.title}, edited` };
      product.audit = 'AUDITING';
      product.pendingAudit = { outcome: { kind: 'approve' } };
    },
  ],
  [
    'live after a refused edit',
    { audit: 'FAILED' },
    (product) => {
      product.auditReasons = [
        {
          position: 'Product Image',
          reasons: ['The first image is no photo of the product.'],
          suggestions: ['Show the product alone on white.'],
          listingPlatform: 'TIKTOK_SHOP',
        },
      ];
    },
  ],
  [
    'live with a draft',
    {},
    (product, world, shop) => {
      product.draft = { ...contentOf(world, shop, product), title: `${product.title}, drafted` };
    },
  ],
  ['switched off by the seller', { status: 'SELLER_DEACTIVATED', audit: 'APPROVED' }],
  ['switched off by TikTok', { status: 'PLATFORM_DEACTIVATED' }],
  ['frozen', { status: 'FREEZE' }],
  ['deleted', { status: 'DELETED' }],
];
