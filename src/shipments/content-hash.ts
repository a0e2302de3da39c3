import { hashOf } from '../documents/content-hash.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { isDraftDocument } from '../logicbroker/read-shipment.js';

/** The same for two shipments that say the same. Their status says nothing, except that a draft is not a shipment. */
export function contentHash(document: JsonObject): string {
  const { StatusCode: _status, ...content } = document;
  return hashOf([isDraftDocument(document), content]);
}
