import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import { isListDue } from '../tiktok/list-age.js';
import type { Provider } from './match-provider.js';
import type { Route, RouteDeps } from './shipping-route.js';

/** Carriers that TikTok accepts for one delivery option of one shop, on one route. */
export interface ProviderList {
  providers: Provider[];
  fetchedAt: Date;
}

export interface ProviderListDeps extends RouteDeps {
  clock: Clock;
  /** Asks TikTok. */
  fetchProviders(key: ProviderListKey): Promise<Provider[]>;
}

export interface ProviderListKey extends Route {
  connectionId: number;
  deliveryOptionId: string;
}

/**
 * The list, read from TikTok when ours is older than a day. TikTok being unreachable leaves the old list in use.
 * @throws AppError what TikTok answered, when there is no old list
 */
export async function providersFor(deps: ProviderListDeps, key: ProviderListKey): Promise<ProviderList> {
  const held = await readList(deps, key);
  if (held && !isDue(deps, held, true)) return held;
  return refreshList(deps, key, held);
}

/** After a carrier was not found: the list as TikTok has it now, unless ours is very young. */
export async function providersAfterMiss(
  deps: ProviderListDeps,
  key: ProviderListKey,
  missed: ProviderList,
): Promise<ProviderList> {
  return isDue(deps, missed, false) ? refreshList(deps, key, missed) : missed;
}

async function refreshList(
  deps: ProviderListDeps,
  key: ProviderListKey,
  held: ProviderList | null,
): Promise<ProviderList> {
  let providers: Provider[];
  try {
    providers = await deps.fetchProviders(key);
  } catch (error) {
    if (held && canWait(error)) return held;
    throw error;
  }
  const fetchedAt = deps.clock.now();
  const list = { providers: providers.map(({ id, name }) => ({ id, name })), fetchedAt };
  await deps.db.prisma.shippingProviderList.upsert({
    where: { connectionId_deliveryOptionId_origin_destination: key },
    create: { ...key, ...list },
    update: list,
  });
  return list;
}

async function readList(deps: ProviderListDeps, key: ProviderListKey): Promise<ProviderList | null> {
  const row = await deps.db.prisma.shippingProviderList.findUnique({
    where: { connectionId_deliveryOptionId_origin_destination: key },
  });
  return row && { providers: row.providers as unknown as Provider[], fetchedAt: row.fetchedAt };
}

function isDue({ clock }: ProviderListDeps, { fetchedAt }: ProviderList, hasWanted: boolean): boolean {
  return isListDue(fetchedAt, clock.now(), { hasWanted });
}

/** TikTok has not said no: it could not be asked. */
function canWait(error: unknown): boolean {
  return error instanceof AppError && error.retry === 'later';
}
