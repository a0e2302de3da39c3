import type { Connection } from '../connections/connection.js';
import { foldSku } from '../domain/sku.js';
import { isStorable } from '../kernel/plain-text.js';

/** The key of a SKU or product that a path or query names; null for a text that no stored one has. */
export function keyInPath({ settings }: Pick<Connection, 'settings'>, text: string): string | null {
  return isStorable(text) ? foldSku(text.trim(), settings.caseSensitiveSkus) : null;
}
