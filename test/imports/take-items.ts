import { Readable } from 'node:stream';
import type { Arrival } from '../../src/imports/import-arrivals.js';
import type { ImportDeps } from '../../src/imports/import-deps.js';
import { readImport, type ImportResult } from '../../src/imports/read-import.js';
import { keepReceived } from '../../src/imports/receive.js';
import { storeFile } from '../../src/imports/store-file.js';

/** Brings the rest of a file whose first byte had arrived before, and reads it. */
export async function takeItems(deps: ImportDeps, arrival: Arrival, items: object[]): Promise<ImportResult> {
  const { companyId } = arrival.connection;
  const content = Readable.from([Buffer.from(JSON.stringify(items))]);
  const file = await storeFile(deps, content, { companyId, name: null });
  await keepReceived(deps, [arrival], { file, dryRun: false });
  return readImport(deps, arrival.importId);
}
