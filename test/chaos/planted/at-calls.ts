import type { Planted } from './planted-bug.js';

/** Mistakes in what is asked of TikTok, and in how its answers are read. */
export const plantedAtCalls: readonly Planted[] = [
  {
    name: 'one-piece-too-many',
    about: 'Every SKU is offered with one piece more than there is.',
    api: ({ updateStock }) => ({
      updateStock: (productId, skus) =>
        updateStock(
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
    api: ({ searchOrders }) => ({
      searchOrders: async (search) => {
        const page = await searchOrders(search);
        return { ...page, orders: page.orders.slice(0, -1) };
      },
    }),
  },
  {
    name: 'one-page-is-all',
    about: 'Changes of orders are read once, and never again.',
    api: ({ searchOrders }) => ({
      searchOrders: async (search) => {
        const page = await searchOrders(search);
        return { ...page, orders: page.orders.filter(({ status }) => status !== 'AWAITING_COLLECTION') };
      },
    }),
  },
  {
    name: 'cancellations-not-read',
    about: 'The search for cancellations finds nothing.',
    api: ({ searchCancellations }) => ({
      searchCancellations: async (search) => ({ ...(await searchCancellations(search)), cancellations: [] }),
    }),
  },
  {
    name: 'returns-not-read',
    about: 'The search for returns finds nothing.',
    api: ({ searchReturns }) => ({
      searchReturns: async (search) => ({ ...(await searchReturns(search)), returns: [] }),
    }),
  },
  {
    name: 'other-number',
    about: 'TikTok is given another tracking number than the ERP has sent.',
    api: ({ markPackageShipped, shipPackage }) => ({
      markPackageShipped: (shipment) =>
        markPackageShipped({ ...shipment, trackingNumber: `${shipment.trackingNumber}9` }),
      shipPackage: (shipment) => shipPackage({ ...shipment, trackingNumber: `${shipment.trackingNumber}9` }),
    }),
  },
  {
    name: 'piece-left-out',
    about: 'Of a parcel with several pieces, one is not shipped.',
    api: ({ markPackageShipped }) => ({
      markPackageShipped: (shipment) =>
        markPackageShipped({
          ...shipment,
          unitIds: shipment.unitIds.length > 1 ? shipment.unitIds.slice(1) : shipment.unitIds,
        }),
    }),
  },
];
