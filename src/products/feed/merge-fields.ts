import type { Fields } from '../content/product-fields.js';

/** Number of the file that said a field, by its name. */
export type Arrivals = Record<string, number>;

interface MergedFields {
  fields: Fields;
  arrivals: Arrivals;
  isChanged: boolean;
  /** Fields of which something that arrived later counts. */
  late: number;
}

/**
 * What is wanted once a file has said its part: fields that it does not name stay, and of two files that name one the later
 * arrival counts, also where it is applied first.
 */
export function mergeFields(
  stored: { fields: Fields; arrivals: Arrivals } | null,
  incoming: Fields,
  importId: number,
): MergedFields {
  const merged: MergedFields = {
    fields: { ...stored?.fields },
    arrivals: { ...stored?.arrivals },
    isChanged: stored === null,
    late: 0,
  };
  for (const [name, value] of Object.entries(incoming)) {
    if ((merged.arrivals[name] ?? 0) > importId) {
      merged.late += 1;
      continue;
    }
    merged.arrivals[name] = importId;
    if (merged.fields[name] === value && Object.hasOwn(merged.fields, name)) continue;
    merged.fields[name] = value;
    merged.isChanged = true;
  }
  return merged;
}
