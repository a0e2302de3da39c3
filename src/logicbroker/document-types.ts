/** The documents that an ERP exchanges with us, each with its name in the API. Adding a kind begins here. */
export const documentTypeNames = {
  order: 'Order',
  acknowledgement: 'Acknowledgement',
  shipment: 'Shipment',
  return: 'Return',
  invoice: 'Invoice',
} as const;

export type DocumentType = keyof typeof documentTypeNames;

export const documentTypes = Object.keys(documentTypeNames) as DocumentType[];

/** Segment of the path and tag in the OpenAPI document, such as `Orders`. */
export function documentPath(type: DocumentType): string {
  return `${documentTypeNames[type]}s`;
}

/** In sentences, such as `order`. */
export function documentNoun(type: DocumentType): string {
  return documentTypeNames[type].toLowerCase();
}

/** All of them in a sentence: `Order, Acknowledgement, Shipment or Return`. */
export function documentTypeChoice(): string {
  const names = Object.values(documentTypeNames);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Accepts `Order`, `Orders` and `SalesOrder`, in any case. */
export function documentTypeOf(text: string): DocumentType | null {
  const wanted = text
    .toLowerCase()
    .replace(/^sales/, '')
    .replace(/s$/, '');
  return documentTypes.find((type) => type === wanted) ?? null;
}
