import type { Planted } from './planted-bug.js';

/** Mistakes in what is asked of TikTok, and in how its answers are read. */
export const plantedAtCalls: readonly Planted[] = [
  {
    name: 'one-piece-too-many',
    about: 'Every SKU is offered with one piece more than there is.',
    api: (real) => ({
      updateStock: (productId, skus) =>
        real.updateStock(
          productId,
          skus.map((sku) => ({
            ...sku,
            stock: sku.stock.map((place) => ({ ...place, quantity: place.quantity + 1 })),
          })),
        ),
    }),
  },
  {
    name: 'stock-not-sent',
    about: 'A change of stock counts as sent, and is not.',
    api: () => ({ updateStock: async () => ({ refused: new Map(), unnamed: [] }) }),
  },
  {
    name: 'price-not-sent',
    about: 'A change of price counts as sent, and is not.',
    api: () => ({ updatePrices: async () => undefined }),
  },
  {
    name: 'last-order-of-page',
    about: 'The last order of each page is not read.',
    api: (real) => ({
      searchOrders: async (search) => {
        const page = await real.searchOrders(search);
        return { ...page, orders: page.orders.slice(0, -1) };
      },
    }),
  },
  {
    name: 'one-page-is-all',
    about: 'Changes of orders are read once, and never again.',
    api: (real) => ({
      searchOrders: async (search) => {
        const page = await real.searchOrders(search);
        return { ...page, orders: page.orders.filter(({ status }) => status !== 'AWAITING_COLLECTION') };
      },
    }),
  },
  {
    name: 'cancellations-not-read',
    about: 'The search for cancellations finds nothing.',
    api: (real) => ({
      searchCancellations: async (search) => ({
        ...(await real.searchCancellations(search)),
        cancellations: [],
      }),
    }),
  },
  {
    name: 'returns-not-read',
    about: 'The search for returns finds nothing.',
    api: (real) => ({
      searchReturns: async (search) => ({ ...(await real.searchReturns(search)), returns: [] }),
    }),
  },
  {
    name: 'other-number',
    about: 'TikTok is given another tracking number than the ERP has sent.',
    api: (real) => ({
      markPackageShipped: (shipment) =>
        real.markPackageShipped({ ...shipment, trackingNumber: `${shipment.trackingNumber}9` }),
      shipPackage: (shipment) =>
        real.shipPackage({ ...shipment, trackingNumber: `${shipment.trackingNumber}9` }),
    }),
  },
  {
    name: 'piece-left-out',
    about: 'Of a parcel with several pieces, one is not shipped.',
    api: (real) => ({
      markPackageShipped: (shipment) =>
        real.markPackageShipped({
          ...shipment,
          unitIds: shipment.unitIds.length > 1 ? shipment.unitIds.slice(1) : shipment.unitIds,
        }),
    }),
  },
];
