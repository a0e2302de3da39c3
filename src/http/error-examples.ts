import { errorText } from './error-handler.js';
import type { ErrorDetail } from '../kernel/errors.js';

function example(status: number, message: string, reason: string, ...details: ErrorDetail[]): object {
  return JSON.parse(errorText(status, message, reason, details)) as object;
}

/** An answer of each status as callers get it, for the OpenAPI document. */
export const errorExamples: Readonly<Record<string, object>> = {
  400: example(400, 'The shipment does not fit its order.', 'invalid-document', {
    field: 'ShipmentLines[0].ShipmentInfos[0].Qty',
    message: '3 pieces, but ShipmentLines[0].Quantity says 1',
  }),
  401: example(401, 'The API key is not valid.', 'not-authenticated', {
    field: 'subscription-key',
    message: 'is unknown, has ended or was revoked',
  }),
  404: example(404, 'There is no order with this LogicbrokerKey.', 'not-found', {
    field: 'LogicbrokerKey',
    message: '4711 is not known',
  }),
  409: example(
    409,
    'The shipment with this number is on its way to TikTok, with another content.',
    'conflict',
    {
      field: 'ShipmentNumber',
      message: 'ShipmentNumber S-1 is shipment 1006 (Processing), with another content',
      next: 'Wait for its outcome: GET Shipments/1006/Status. Should it fail, send this one again.',
    },
  ),
  412: example(412, 'The document has changed.', 'precondition-failed', {
    field: 'If-Match',
    message: 'is another version than the current one',
    next: 'Read the document again, and send the change with its ETag.',
  }),
  413: example(413, 'The file has more than 50000000 bytes.', 'body-too-large', {
    field: 'file',
    message: 'more than 50000000 bytes',
    next: 'Send it in several files',
  }),
  422: example(422, 'The Idempotency-Key was used for another call.', 'idempotency-key-reused', {
    field: 'Idempotency-Key',
    message: 'goes with one call and one body',
    next: 'Use a new key',
  }),
  429: example(429, 'Too many calls.', 'too-many-requests', {
    message: 'this key makes more calls of this kind than it may',
    next: 'Come back after the seconds in Retry-After.',
  }),
  503: example(503, 'The store cannot be reached just now.', 'service-unavailable'),
  507: example(507, 'There is no room for the file just now.', 'storage-full'),
};
