import type { ActiveConnection, Connection } from '../../connections/connection.js';
import { requireActive } from '../../connections/connection-store.js';
import type { CategoryVersion } from '../../domain/listing.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.js';
import {
  readCategories,
  readRules,
  saveCategories,
  saveRules,
  type HeldCategories,
  type HeldRules,
} from './category-store.js';
import { marketLimitsOf, type MarketLimits } from './market-limits.js';
import type { SpecificationDeps } from './specification-deps.js';

/** What was read within this time is not read again on demand: callers must not make us hammer TikTok. */
const ON_DEMAND_MS = MINUTE_MS;

/** The article: "Products can be created for local shops, not cross-border shops." TikTok: code 12052701. */
export const CROSS_BORDER = 'Products can be created for local shops, not for cross-border shops.';

/**
 * The shop of which a specification is asked for.
 * @throws AppError rule-violated for a cross-border shop; connection-not-ready, needs-reauthorization
 */
export function requireLocalShop(connection: Connection): ActiveConnection {
  const active = requireActive(connection);
  if (active.sellerType === 'CROSS_BORDER') {
    throw new AppError('rule-violated', CROSS_BORDER, {
      details: [
        {
          field: 'partnerId',
          message: 'is a cross-border shop (TikTok code 12052701)',
          next: 'List its products in TikTok Seller Center; their stock and prices are sent from here all the same',
        },
      ],
    });
  }
  return active;
}

export function limitsOf({ shopRegion, settings }: Connection): MarketLimits {
  const { categoryVersion } = settings;
  return marketLimitsOf(shopRegion ?? '', categoryVersion === 'market' ? null : categoryVersion);
}

/**
 * All categories of the shop's market: read from TikTok when ours are older than the setting, or on demand. TikTok being out of reach
 * leaves the old ones in use.
 * @throws AppError what TikTok answered, when there are none yet
 */
export async function categoriesOf(
  deps: SpecificationDeps,
  connection: ActiveConnection,
  { isFresh = false }: { isFresh?: boolean } = {},
): Promise<HeldCategories> {
  const { categoryVersion: version } = limitsOf(connection);
  const held = await readCategories(deps.db.prisma, connection.id, version);
  return heldOrRead(deps, connection, held, isFresh, async () => {
    const { api } = await deps.openShop(connection.id, 'urgent');
    const read = { categories: await api.listCategories(version), fetchedAt: deps.clock.now() };
    await saveCategories(deps.db.prisma, connection.id, version, read);
    return read;
  });
}

/**
 * What TikTok demands of products of a leaf, by the same rule.
 * @throws AppError tiktok-refused for a category that the shop may not use, with what TikTok says
 */
export async function rulesOf(
  deps: SpecificationDeps,
  connection: ActiveConnection,
  categoryId: string,
  { isFresh = false }: { isFresh?: boolean } = {},
): Promise<HeldRules> {
  const { categoryVersion: version } = limitsOf(connection);
  const found = await readRules(deps.db.prisma, connection.id, categoryId);
  const held = found?.version === version ? found : null;
  return heldOrRead(deps, connection, held, isFresh, () =>
    readLive(deps, connection.id, categoryId, version),
  );
}

async function readLive(
  deps: SpecificationDeps,
  connectionId: number,
  categoryId: string,
  version: CategoryVersion,
): Promise<HeldRules> {
  const { api } = await deps.openShop(connectionId, 'urgent');
  const attributes = await api.readAttributes(categoryId, version);
  const demands = await api.readDemands(categoryId, version);
  const read = { categoryId, version, demands, attributes, fetchedAt: deps.clock.now() };
  await saveRules(deps.db.prisma, connectionId, read);
  return read;
}

async function heldOrRead<T extends { fetchedAt: Date }>(
  { clock }: SpecificationDeps,
  { settings }: Connection,
  held: T | null,
  isFresh: boolean,
  read: () => Promise<T>,
): Promise<T> {
  if (held) {
    const age = clock.now().getTime() - held.fetchedAt.getTime();
    if (age < (isFresh ? ON_DEMAND_MS : settings.categoryRulesHours * HOUR_MS)) return held;
  }
  try {
    return await read();
  } catch (error) {
    if (held && error instanceof AppError && error.retry === 'later') return held;
    throw error;
  }
}
