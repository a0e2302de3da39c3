import { hashOfContent } from '../documents/content-hash.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { isDraftDocument } from '../logicbroker/read-shipment.js';

/** The same for two shipments that say the same, whatever their status, except that a draft is not a shipment. */
export function contentHash(document: JsonObject): Promise<string> {
  const { StatusCode: _status, ...content } = document;
  return hashOfContent([isDraftDocument(document), content]);
}
