import { ApiError } from '../gateway/api-error.js';

// TikTok: codes of the fulfilment calls. The words are ours where the reference gives none: clients judge by the code.
const messages = {
  10007002: 'The shipping information cannot be changed in the current order status.',
  21001001: 'Invalid parameter.',
  21004006: 'The invoice must be uploaded before the order is shipped.',
  21004010: 'This call is not available for the region or business model of the shop.',
  21004012: 'The tracking number contains special characters.',
  21004015: 'The tracking number does not match the shipping provider.',
  21004019: 'The invoice of the order is still being checked.',
  21008025: 'The order is fulfilled by the platform.',
  21008044: 'The order has a pending cancellation request.',
  21008106: 'This API is not available in the region of the shop. Use Ship Package instead.',
  21008111: 'The order or package does not belong to the current seller.',
  21008117: "The delivery option is TikTok's own and has no shipping providers to choose from.",
  21011003: 'The action is not allowed in the current order status.',
  21011004: 'The package is not shipped by the seller.',
  21011005: 'Invalid parameter.',
  21011012: 'The order lines do not fit the packages of the order.',
  21011020: 'The order has been shipped already.',
  21011022: 'The tracking number or shipping provider is invalid.',
  21011025: 'The tracking number has been used already in this shop.',
  21011026: 'The tracking number has been used for too many orders.',
  21011027: 'The package has been delivered already.',
  21011028: 'The package does not belong to the current seller.',
  21011029: 'The order or its lines are not in this fulfillment unit.',
  21011030: 'The tracking number cannot be changed in the current status.',
  21011031: 'The package is not in the combination draft.',
  21011033: 'A combined package cannot be combined again.',
  21011035: 'The order cannot be split.',
  21011036: 'All units of one SKU must stay in one package.',
  21011040: 'The package has been shipped already.',
  21011041: 'The order has been cancelled.',
  21011042: 'The package has been cancelled.',
  21011043: 'The order has not been shipped yet.',
  21011044: 'The order is on hold.',
  21011046: 'A combined package cannot be split.',
  21011048: 'Several packages can be shipped: name the order lines.',
  21011049: 'The tracking number can be changed within 72 hours of shipping only.',
  21011050: 'The tracking number can be changed only once.',
} as const satisfies Record<number, string>;

type FulfilmentCode = keyof typeof messages;

export function refuseFulfilment(code: FulfilmentCode): ApiError {
  return new ApiError(code, messages[code]);
}
