import type { X12Envelope } from '../../formats/x12-writer.js';

/** Codes in which partners differ. */
export interface X12Codes {
  /** Qualifiers of product ids, the one that is written first. */
  supplierSku: readonly string[];
  partnerSku: readonly string[];
  upc: readonly string[];
  /** Qualifiers of QTY that say how many can be sold, the best first. */
  available: readonly string[];
  /** How the partner hears of orders that the buyer has cancelled; null: not at all. */
  cancellations: '860' | '855' | null;
  /** Reasons for a cancellation by the code of ACK01, and the one for all others. */
  cancelReasons: Readonly<Record<string, string>>;
  cancelReason: string | null;
  /** Codes of RDR01, RDR02 or BGN08 by which a 180 says that the goods are back. */
  confirmsGoods: readonly string[];
  /** Whether the bill of lading (REF*BM) of a whole shipment is its tracking number. */
  tracksByBillOfLading: boolean;
  /** The standard has no CTT in a 180; some want one. */
  countsReturnLines: boolean;
}

/** A trading partner by X12: a plain value, which whoever delivers hands in. */
export interface X12Partner {
  /** Ours as sender, the partner as receiver. */
  envelope: X12Envelope;
  codes: X12Codes;
}

/** As Logicbroker's guides have it. */
export const usualCodes: X12Codes = {
  supplierSku: ['VN', 'VP'],
  partnerSku: ['SK', 'BP', 'IN'],
  upc: ['UP', 'EN', 'UK'],
  // UNCONFIRMED: QA and 17 beside Logicbroker's 33.
  available: ['33', 'QA', '17'],
  cancellations: '860',
  cancelReasons: {},
  cancelReason: null,
  confirmsGoods: [],
  tracksByBillOfLading: false,
  countsReturnLines: false,
};
