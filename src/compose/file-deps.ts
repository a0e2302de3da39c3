import type { ReadFileDeps } from '../deliveries/file-verdict.js';
import { trialStore } from '../deliveries/trial-store.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { createDocumentCheck } from '../http/document-check.js';
import type { ImportDeps } from '../imports/import-deps.js';
import type { Logger } from '../kernel/log.js';
import type { Clock } from '../kernel/time.js';
import { logicbrokerSchemas } from '../logicbroker/all-schemas.js';
import type { Named } from '../logicbroker/schema.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import type { Database } from '../store/database.js';
import { documentKinds } from './kinds.js';

/** The kinds over a store in which nothing stays: what a dry run asks. */
export function trialKindsOf(domain: ShipmentDeps): DocumentKind[] {
  const { wake: _nobody, ...rest } = domain;
  return documentKinds({ ...rest, db: trialStore(domain.db) });
}

/** Schemas of the kinds' documents and envelopes. */
export function schemasOfKinds(kinds: readonly DocumentKind[]): Named[] {
  return kinds.flatMap(({ envelopes }) => envelopes.schemas);
}

/** What reading files of documents takes. */
export function fileDeps(parts: {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
  trialKinds: readonly DocumentKind[];
  imports: ImportDeps;
  wake?: ReadFileDeps['wake'];
}): ReadFileDeps {
  const { kinds } = parts;
  return { ...parts, checkDocument: createDocumentCheck([...logicbrokerSchemas, ...schemasOfKinds(kinds)]) };
}
