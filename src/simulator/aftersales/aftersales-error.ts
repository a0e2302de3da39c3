import { ApiError } from '../gateway/api-error.js';

// TikTok: codes of the cancellation and return calls. The words are ours where the reference gives none: clients judge by
// the code.
const messages = {
  25001001: 'Invalid parameter.',
  25001003: 'The current order status does not allow this operation.',
  25001010: 'The order has been returned or cancelled, or a request is in process.',
  25001011: 'The order lines have been returned or cancelled, or a request is in process.',
  25001014: 'The reason does not exist.',
  25001015: 'The reason is not for sellers.',
  25001016: 'The reject reason is not for sellers.',
  25001021: 'The reason does not match the current order status.',
  25001044: 'The request cannot be approved.',
  25001045: 'The package has been shipped and cannot be called back.',
  25001051: 'The order has been completed or cancelled.',
  25001057: 'The reject reason does not match the type of the request.',
  25005005: 'The refund amount exceeds the refundable amount.',
  25005010: 'Single lines of the order cannot be cancelled.',
  25007006: 'The order or request does not exist.',
  25007007: 'A negotiation with the buyer is in process.',
  25011010: 'The request has been moved to the customer service of the platform.',
  25011011: 'The current status does not allow rejecting.',
  25011012: 'The current status does not allow approving.',
  25011013: 'The current status does not allow receiving the package.',
  25020003: 'The decision does not match the current status of the request.',
  25020004: 'The decision does not match the type of the request.',
  25020005: 'No permission to operate on this order.',
  25020009: 'The request has been cancelled already.',
  25020010: 'The request has been approved already.',
  25020011: 'The package has been received already.',
} as const satisfies Record<number, string>;

export type AftersalesCode = keyof typeof messages;

export function refuseAftersales(code: AftersalesCode): ApiError {
  return new ApiError(code, messages[code]);
}

export function messageOf(code: AftersalesCode): string {
  return messages[code];
}
