import type { Tx } from '../../store/database.js';
import { findContentsOfUris } from '../media/media-store.js';
import type { KnownMedia } from '../media/known-media.js';
import type { PlannedChange } from '../plan/push-plan-types.js';

/** Columns whose difference is one of images. */
const IMAGE_FIELDS = new Set(['Image 1', 'Variant Image', 'Size Chart']);
const SHOWN_HASH = 12;

/**
 * Shows images by the beginning of their SHA-256, before the uri or address: by those nobody can tell whether an image is another
 * one. What was uploaded elsewhere, or never fetched, has none.
 */
export async function showImagesByHash<Line extends { changes: readonly PlannedChange[] }>(
  tx: Tx,
  lines: readonly Line[],
  { companyId, media }: { companyId: number; media: Pick<KnownMedia, 'hashOf'> },
): Promise<Line[]> {
  const uris = lines.flatMap(({ changes }) =>
    changes.flatMap(({ field, from }) => (IMAGE_FIELDS.has(field) ? partsOf(from) : [])),
  );
  const contents = await findContentsOfUris(tx, companyId, uris);
  const hashOf = (text: string): string | null => contents.get(text) ?? media.hashOf(text);
  return lines.map((line) => ({ ...line, changes: line.changes.map((change) => shown(change, hashOf)) }));
}

function shown(change: PlannedChange, hashOf: (text: string) => string | null): PlannedChange {
  if (!IMAGE_FIELDS.has(change.field)) return change;
  const textOf = (value: string | null): string | null =>
    value &&
    partsOf(value)
      .map((part) => {
        const hash = hashOf(part);
        return hash === null ? part : `sha256:${hash.slice(0, SHOWN_HASH)} ${part}`;
      })
      .join(' ');
  return { ...change, from: textOf(change.from), to: textOf(change.to) };
}

function partsOf(value: string | null): string[] {
  return (value ?? '').split(' ').filter((part) => part !== '');
}
