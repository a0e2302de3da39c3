import { AppError } from '../../kernel/errors.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import { checkBatch } from '../checks/check-products.js';
import type { ProductFinding } from '../checks/product-finding.js';
import { forgetChecksOfAsked } from '../product-store.js';
import { checkRunOf, noteFindings, type Preparing } from './prepare-push.js';
import { findingOfRefusal, saysRulesChanged } from './refusal-finding.js';

/** Says with the product what TikTok has refused; where it was for a rule, the rules are read anew, and all that wait are checked by them. */
export async function learnFrom(given: Preparing, error: unknown): Promise<void> {
  if (!(error instanceof TikTokError) || error.reaction !== 'refused') return;
  const { deps, connection, product } = given;
  let known: readonly ProductFinding[] = [];
  try {
    known = saysRulesChanged(error) ? await checkedAnew(given) : await findingsOf(given);
  } catch (failure) {
    // The refusal stands, whether or not TikTok can be asked what it rests on.
    if (!(failure instanceof AppError)) throw failure;
    const { id: connectionId } = connection;
    deps.log.warn({ connectionId, reason: failure.message }, 'rules not read after a refusal');
  }
  const isCompliant = known.every(({ level }) => level !== 'error');
  // What the new rules say names attribute and column, and TikTok's code often does not.
  await noteFindings(given, [findingOfRefusal(error, product.rowNumber), ...known], isCompliant);
}

async function findingsOf(
  { deps, connection, product }: Preparing,
  options: { isFresh?: boolean } = {},
): Promise<readonly ProductFinding[]> {
  const run = await checkRunOf(deps, connection, options);
  const [checked] = await checkBatch(deps, run, [product]);
  return checked?.findings ?? [];
}

async function checkedAnew(given: Preparing): Promise<readonly ProductFinding[]> {
  const { deps, connection, product } = given;
  const run = await checkRunOf(deps, connection);
  const [checked] = await checkBatch(deps, run, [product]);
  if (checked?.context.category.kind === 'rules')
    await deps.rereadRules(connection, checked.context.category.rules.categoryId);
  await forgetChecksOfAsked(deps.db.prisma, connection.id);
  return findingsOf(given, { isFresh: true });
}
