import { createHash } from 'node:crypto';
import { writeJson } from '../formats/json.js';

/** The same for two contents that say the same: order of members and absent or null members make no difference. */
export function hashOfContent(content: unknown): string {
  return createHash('sha256')
    .update(writeJson(canonical(content)))
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, canonical(member)]);
  return Object.fromEntries(members) as unknown;
}

/** Numbers with a text of their own are objects too, and stay whole. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
