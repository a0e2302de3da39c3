import { SHOPIFY_API_VERSION } from '../channels/shopify/shopify-operations.js';
import { DAY_MS } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Workers ask Shopify once a day. */
const LATE_MS = 3 * DAY_MS;
const WARN_MS = 90 * DAY_MS;

/** Whether Shopify stores take calls, and how long the version of the API is served: Shopify promises a year at least. */
export async function checkShopify(db: Pick<Database, 'prisma'>, now: Date): Promise<Finding[]> {
  const stores = await db.prisma.shopifyStore.findMany({
    where: { state: { not: 'removed' } },
    select: { domain: true, state: true, stateReason: true, checkedAt: true },
    orderBy: { id: 'asc' },
  });
  if (stores.length === 0) return [];
  const findings = stores.flatMap(({ domain, state, stateReason, checkedAt }) => {
    if (state === 'refused')
      return [
        fail(
          'shopify',
          `The store ${domain} is stopped: ${stateReason ?? 'no reason is known'}`,
          'Save a token that has all scopes: PUT Settings/Partners/{partnerId}/Shopify.',
        ),
      ];
    if (state === 'on' && now.getTime() - checkedAt.getTime() > LATE_MS)
      return [
        warn(
          'shopify',
          `Scopes and API version of ${domain} were last looked at on ${checkedAt.toISOString()}.`,
          'See whether a worker runs, and whether its TikTok shop is active.',
        ),
      ];
    return [];
  });
  const end = endOf(SHOPIFY_API_VERSION);
  if (end.getTime() - now.getTime() < WARN_MS)
    findings.push(
      warn(
        'shopify',
        `Shopify may end version ${SHOPIFY_API_VERSION} of its API on ${end.toISOString().slice(0, 10)}.`,
        'Update this program before that.',
      ),
    );
  if (findings.length > 0) return findings;
  return [ok('shopify', `${stores.length} stores take calls of version ${SHOPIFY_API_VERSION}`)];
}

function endOf(version: string): Date {
  const [year, month] = version.split('-').map(Number);
  return new Date(Date.UTC((year ?? 0) + 1, (month ?? 1) - 1, 1));
}
