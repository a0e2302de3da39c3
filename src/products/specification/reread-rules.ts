import type { Connection } from '../../connections/connection.js';
import { requireActive } from '../../connections/connection-store.js';
import { categoriesOf, rulesOf } from './held-rules.js';
import type { SpecificationDeps } from './specification-deps.js';

/** TikTok has refused something for a rule: the tree and what the category demands are read anew, unless that was a moment ago. */
export async function rereadRules(
  deps: SpecificationDeps,
  connection: Connection,
  categoryId: string,
): Promise<void> {
  const shop = requireActive(connection);
  await categoriesOf(deps, shop, { isFresh: true });
  await rulesOf(deps, shop, categoryId, { isFresh: true });
}
