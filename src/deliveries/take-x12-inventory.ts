import type { ReadGroup } from '../codecs/x12/x12-documents.js';
import type { Actor } from '../companies/actor.js';
import { readImport } from '../imports/read-import.js';
import { receive } from '../imports/receive.js';
import { messageOf } from '../kernel/errors.js';
import type { ReadFileDeps } from './file-verdict.js';
import type { FileLine, ReceivedFile } from './received-file.js';
import type { Partner } from './x12-partner.js';

const COLUMNS = [
  'SupplierSKU',
  'MerchantSKU',
  'UPC',
  'ManufacturerSKU',
  'Quantity',
  'Cost',
  'Warehouse',
  'Description',
];

/** An 846 is an inventory feed of the partner's shops. */
export async function takeInventory(
  deps: ReadFileDeps,
  { file, by }: { file: ReceivedFile; by: Actor },
  { connectionIds }: Partner,
  rows: ReadGroup['inventory']['rows'],
): Promise<FileLine[]> {
  const used = COLUMNS.filter((name) => rows.some(({ cells }) => cells[name] !== undefined));
  const cells = rows.map((row) => used.map((name) => quoted(row.cells[name] ?? '')).join(','));
  const csv = Buffer.from([used.join(','), ...cells].map((line) => `${line}\r\n`).join(''));
  const lines: FileLine[] = [];
  for (const connectionId of connectionIds) {
    const options = {
      companyId: file.companyId,
      connectionId,
      feedKind: 'feed',
      via: file.via,
      name: file.fileName,
      by,
    };
    const importId = await receive(deps.imports, oneOf(csv), options);
    // Else a worker reads it within the minute.
    await readImport(deps.imports, importId).catch((error: unknown) => {
      deps.log.warn({ importId, reason: messageOf(error) }, 'the feed of an 846 was not read at once');
    });
    lines.push({ Type: 'Inventory', Number: `import ${importId}` });
  }
  return lines;
}

// eslint-disable-next-line require-await -- a file comes in pieces
async function* oneOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function quoted(cell: string): string {
  return /[",;\t|\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
