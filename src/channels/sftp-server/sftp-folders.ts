import { posix } from 'node:path';
import type { FileKind } from '../../codecs/document-shape.js';
import type { FileFormat } from '../../deliveries/received-file.js';

/**
 * Logicbroker's folders. Directions are the seller's: it picks up in Inbound, and drops in Outbound; what is moved into Archive is
 * picked up.
 */
export type Folder =
  | { is: 'fixed'; entries: readonly string[] }
  /** Files to pick up. */
  | { is: 'inbound'; format: FileFormat; kinds: readonly string[] }
  /** Where documents are dropped. */
  | { is: 'outbound'; contents: FileKind | 'x12'; format: FileFormat; entries: readonly string[] }
  /** Where a feed is dropped, by the code of its kind. */
  | { is: 'feed'; feedKind: string; entries: readonly string[] }
  /** What is wrong with files that were dropped. */
  | { is: 'errors'; of: string }
  | { is: 'archive' };

const FORMATS: readonly (readonly [name: string, format: FileFormat])[] = [
  ['APIXML', 'xml'],
  ['CSV', 'csv'],
  ['JSON', 'json'],
  ['XLSX', 'xlsx'],
];
const INBOUND: readonly (readonly [name: string, kind: string])[] = [
  ['Acknowledgements', 'acknowledgement'],
  ['Orders', 'order'],
  ['Returns', 'return'],
];
const OUTBOUND: readonly (readonly [name: string, kind: FileKind])[] = [
  ['Acknowledgements', 'acknowledgement'],
  ['Returns', 'return'],
  ['Shipments', 'shipment'],
];
/** Codes of the feed kinds. */
const FEEDS: readonly (readonly [name: string, code: string])[] = [
  ['Inventory', 'feed'],
  ['Matching', 'matching'],
  ['Products', 'product'],
];

const folders = new Map<string, Folder>();
for (const [name, format] of FORMATS) {
  folders.set(`/${name}`, { is: 'fixed', entries: ['Archive', 'Inbound', 'Outbound'] });
  folders.set(`/${name}/Archive`, { is: 'archive' });
  folders.set(`/${name}/Inbound`, { is: 'fixed', entries: INBOUND.map(([each]) => each) });
  for (const [each, kind] of INBOUND)
    folders.set(`/${name}/Inbound/${each}`, { is: 'inbound', format, kinds: [kind] });
  folders.set(`/${name}/Outbound`, { is: 'fixed', entries: ['Errors', ...OUTBOUND.map(([each]) => each)] });
  folders.set(`/${name}/Outbound/Errors`, { is: 'errors', of: format });
  for (const [each, kind] of OUTBOUND)
    folders.set(`/${name}/Outbound/${each}`, { is: 'outbound', contents: kind, format, entries: [] });
}
folders.set('/EDI', { is: 'fixed', entries: ['Archive', 'Inbound', 'Outbound'] });
folders.set('/EDI/Archive', { is: 'archive' });
folders.set('/EDI/Inbound', {
  is: 'inbound',
  format: 'x12',
  kinds: ['order', 'acknowledgement', 'return', '997'],
});
folders.set('/EDI/Outbound', { is: 'outbound', contents: 'x12', format: 'x12', entries: ['Errors'] });
folders.set('/EDI/Outbound/Errors', { is: 'errors', of: 'x12' });
for (const [name, code] of FEEDS) {
  folders.set(`/${name}`, { is: 'fixed', entries: ['Outbound'] });
  folders.set(`/${name}/Outbound`, { is: 'feed', feedKind: code, entries: ['Errors'] });
  folders.set(`/${name}/Outbound/Errors`, { is: 'errors', of: code });
}
folders.set('/', {
  is: 'fixed',
  entries: [...folders.keys()].filter((path) => path.lastIndexOf('/') === 0).map((path) => path.slice(1)),
});

export function folderAt(path: string): Folder | undefined {
  return folders.get(path);
}

/** A path as a client sends it, from the root of its company, whatever stands in it: nothing leads out of there. */
export function plainPath(path: string): string {
  const whole = posix.normalize(`/${path.replaceAll('\\', '/').replaceAll('\0', '')}`);
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
}

const LONGEST_NAME = 150;

/** Folder and name of a path. Null where the name cannot be one of a file. */
export function fileAt(path: string): { folder: Folder; directory: string; name: string } | null {
  const directory = posix.dirname(path);
  const name = posix.basename(path);
  const folder = folders.get(directory);
  // oxlint-disable-next-line no-control-regex -- they hide in names
  if (!folder || name === '' || name.length > LONGEST_NAME || /[\u0000-\u001f\u007f]/.test(name)) return null;
  return { folder, directory, name };
}
