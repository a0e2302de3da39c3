import type { DocumentType } from './document-types.js';

export interface Status {
  code: number;
  name: string;
  /** The one that a new document waits at until its receiver takes it. */
  isDefault: boolean;
}

/** Codes that rules in the code speak of; the catalogue below says which type knows which. */
export const StatusCode = {
  draft: -1,
  new: 0,
  submitted: 100,
  readyToAcknowledge: 150,
  underReview: 150,
  acknowledged: 200,
  processing: 200,
  readyToFulfill: 400,
  readyToShip: 500,
  shipped: 530,
  readyToInvoice: 600,
  responseReceived: 600,
  complete: 1000,
  cancelled: 1100,
  failed: 1200,
  ignored: 1400,
} as const;

const common: [number, string][] = [
  [1000, 'Complete'],
  [1200, 'Failed'],
  [1400, 'Ignored'],
];

/**
 * Logicbroker: Document Statuses. That page has no table for returns: 150 and 600 are our numbers for the two names
 * that its connectors show (UNCONFIRMED: Logicbroker's own numbers for them).
 */
export const statuses: Record<DocumentType, Status[]> = {
  order: catalogue([
    [0, 'New'],
    [100, 'Submitted'],
    [150, 'Ready to Acknowledge'],
    [200, 'Acknowledged'],
    [400, 'Ready to Fulfill'],
    [500, 'Ready to Ship'],
    [530, 'Shipped'],
    [600, 'Ready to Invoice'],
    [1100, 'Cancelled'],
    ...common,
  ]),
  acknowledgement: catalogue([[0, 'New'], [100, 'Submitted'], [200, 'Processing'], ...common]),
  shipment: catalogue([
    [-1, 'Draft'],
    [0, 'New'],
    [100, 'Submitted'],
    [200, 'Processing'],
    [430, 'With Carrier'],
    [435, 'Unable to Track'],
    [440, 'Accepted'],
    [450, 'In Transit'],
    [460, 'Delivery Attempted'],
    [465, 'Exception'],
    [470, 'Delivered'],
    ...common,
  ]),
  return: catalogue([
    [0, 'New'],
    [100, 'Submitted'],
    [150, 'Under Review'],
    [200, 'Processing'],
    [600, 'Response Received'],
    ...common,
  ]),
  invoice: catalogue([[0, 'New'], [100, 'Submitted'], [110, 'Consolidated'], [200, 'Processing'], ...common]),
};

function catalogue(entries: [number, string][]): Status[] {
  return entries
    .toSorted(([a], [b]) => a - b)
    .map(([code, name]) => ({ code, name, isDefault: code === StatusCode.submitted }));
}

/** The display name, such as `Ready to Ship`; a code that the type does not know is shown as its number. */
export function statusName(type: DocumentType, code: number): string {
  return statuses[type].find((status) => status.code === code)?.name ?? String(code);
}

/**
 * Clients write a status as its number, its display name or the name without spaces, in any case.
 * Null when the type knows no such status.
 */
export function statusCodeOf(type: DocumentType, text: string): number | null {
  const wanted = squeeze(text);
  const found = statuses[type].find(({ code, name }) => wanted === String(code) || wanted === squeeze(name));
  return found?.code ?? null;
}

function squeeze(text: string): string {
  return text.replaceAll(/[\s_-]+(?=\D)/g, '').toLowerCase();
}
