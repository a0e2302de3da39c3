/** The documents that an ERP exchanges with us. Invoices are not among them: TikTok wants none. */
export const documentTypes = ['order', 'acknowledgement', 'shipment', 'return'] as const;

export type DocumentType = (typeof documentTypes)[number];

/** How the API names document types in events and statuses. */
export const documentTypeNames: Record<DocumentType, string> = {
  order: 'Order',
  acknowledgement: 'Acknowledgement',
  shipment: 'Shipment',
  return: 'Return',
};

/** Accepts `Order`, `Orders` and `SalesOrder`, in any case. */
export function documentTypeOf(text: string): DocumentType | null {
  const wanted = text
    .toLowerCase()
    .replace(/^sales/, '')
    .replace(/s$/, '');
  return documentTypes.find((type) => type === wanted) ?? null;
}
