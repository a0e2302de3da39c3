import type { DocumentType } from '../logicbroker/document-types.js';

/** Where the pages of a kind of document are. */
export const kindPaths = {
  order: '/orders',
  shipment: '/shipments',
  acknowledgement: '/acknowledgements',
  return: '/returns',
  invoice: '/invoices',
} as const satisfies Record<DocumentType, string>;

export function documentHref(type: DocumentType, key: number): string {
  return `${kindPaths[type]}/${key}`;
}
