import { addWarehouse } from '../state/warehouses.js';
import type { Sku } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import { addProduct, type NewProduct } from './build-product.js';

const HOUR_SEC = 3600;
const DAY_SEC = 86_400;
const MAIN_STOCK = 500;

/** Gives the SKU with that seller SKU. */
export type Shelf = (sellerSku: string) => Sku;

/** Products made over the last month, an hour apart. */
function stockShelf(world: World, shop: Shop, products: readonly NewProduct[]): Shelf {
  const firstSec = world.clock.nowSec() - 30 * DAY_SEC;
  for (const [index, product] of products.entries()) {
    addProduct(world, shop, { createdSec: firstSec + index * HOUR_SEC, ...product });
  }
  return (sellerSku) => {
    const [sku] = shop.catalogue.skusOf(sellerSku);
    if (sku === undefined) throw new Error(`the demo has no ${sellerSku}`);
    return sku;
  };
}

/** A product with one SKU. */
function simple(title: string, sellerSku: string, priceMinor: number, stock = MAIN_STOCK): NewProduct {
  return { title, skus: [{ sellerSku, priceMinor, stock }] };
}

function tee(sellerSku: string, name: string): NewProduct['skus'][number] {
  return { sellerSku, name, priceMinor: 2000, stock: MAIN_STOCK };
}

/** A dozen products, among them one of each kind that a connector has to tell apart. */
export function stockHarborGoods(world: World, shop: Shop): Shelf {
  const [main] = shop.warehouses;
  const west = addWarehouse(world, shop, { name: 'West warehouse' });
  const old = addWarehouse(world, shop, { name: 'Old hall' });
  old.effectStatus = 'DISABLED';
  const shelf = stockShelf(world, shop, [
    {
      title: 'Cotton tee with round neck',
      skus: [tee('TEE-RED-L', 'Red, L'), tee('TEE-RED-M', 'Red, M'), tee('TEE-BLU-L', 'Blue, L')],
    },
    {
      title: 'Everyday socks',
      skus: [{ sellerSku: 'SOCK-BLK', name: 'Black', priceMinor: 1000, stock: MAIN_STOCK }],
    },
    simple('Harbor mug', 'MUG-HARBOR', 1450),
    {
      title: 'Storm lantern',
      skus: [
        {
          sellerSku: 'LANTERN-01',
          priceMinor: 3490,
          listPriceMinor: 3990,
          stock: { [main?.id ?? '']: 60, [west.id]: 25 },
        },
      ],
    },
    simple('Deck blanket', 'BLANKET-GRY', 2890, 40),
    simple('Rope doormat', 'MAT-ROPE', 2250, 35),
    // The same seller SKU on a second product: TikTok does not mind.
    simple('Harbor mug in a gift box', 'MUG-HARBOR', 1950, 20),
    simple('Enamel plate', 'PLATE-WHT', 990, 0),
    { ...simple('Sailor cap', 'CAP-NAVY', 1790, 15), status: 'DRAFT' },
    { ...simple('Oilskin bag', 'BAG-OIL', 5900, 12), status: 'SELLER_DEACTIVATED' },
    { ...simple('Ship in a bottle', 'BOTTLE-SHIP', 3290, 8), status: 'FREEZE' },
    { ...simple('Brass compass', 'COMPASS-BRS', 2690, 18), status: 'PENDING' },
  ]);
  shelf('BLANKET-GRY').promotion = {
    name: 'Autumn sale',
    quantity: 10,
    endsSec: world.clock.nowSec() + 7 * DAY_SEC,
  };
  return shelf;
}

export function stockTokoPelangi(world: World, shop: Shop): Shelf {
  return stockShelf(world, shop, [
    {
      title: 'Kemeja batik',
      skus: [
        { sellerSku: 'BATIK-BIRU-M', name: 'Biru, M', priceMinor: 185_000, stock: MAIN_STOCK },
        { sellerSku: 'BATIK-BIRU-L', name: 'Biru, L', priceMinor: 185_000, stock: 80 },
      ],
    },
    {
      title: 'Kopi arabika',
      skus: [{ sellerSku: 'KOPI-250', name: '250 g', priceMinor: 62_000, stock: MAIN_STOCK }],
    },
    simple('Sambal bawang', 'SAMBAL-150', 28_000, 90),
    { ...simple('Tas rotan', 'TAS-ROTAN', 145_000, 14), status: 'SELLER_DEACTIVATED' },
  ]);
}

export function stockContinental(world: World, shop: Shop): Shelf {
  return stockShelf(world, shop, [
    {
      title: 'Wool scarf',
      skus: [{ sellerSku: 'SCARF-WOOL', name: 'Grey', priceMinor: 2400, stock: MAIN_STOCK }],
    },
    simple('Leather gloves', 'GLOVES-L', 3900, 45),
  ]);
}
