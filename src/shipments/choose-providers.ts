import { getConnection } from '../connections/connection-store.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { within } from '../kernel/time.js';
import { findSpellings, type Meanings } from '../lookups/find-spellings.js';
import { carrierTable } from '../lookups/lookup-table.js';
import type { OrderRecord } from '../orders/order-record.js';
import { describeMismatch } from './carrier-mismatch.js';
import { matchProvider, type Provider, type ProviderMatch } from './match-provider.js';
import {
  providersAfterMiss,
  providersFor,
  type ProviderList,
  type ProviderListDeps,
  type ProviderListKey,
} from './provider-list.js';
import { routeOf } from './shipping-route.js';
import type { CarrierHint } from '../domain/shipment.js';

interface PackageCarrier {
  position: number;
  carrier: CarrierHint;
}

/** Answering a caller may wait this long for TikTok's list; without it the shipment is taken and decided when sent. */
const PATIENCE_MS = 3_000;

/** The order that is shipped, as far as its carriers depend on it. */
export type ShippedOrder = Pick<OrderRecord, 'connectionId' | 'order' | 'units'>;

/**
 * TikTok's carrier of each package, by position.
 * @throws AppError invalid-document naming the carriers that TikTok accepts; whatever TikTok answered when its list
 * cannot be read and none is held
 */
export async function chooseProviders(
  deps: ProviderListDeps,
  record: ShippedOrder,
  packages: readonly PackageCarrier[],
): Promise<Map<number, Provider>> {
  const choice = await readChoice(deps, record, packages);
  if (!choice) return withoutList(packages);
  const { key, table, partnerId, list } = choice;
  let matches = matchAll(packages, list.providers, table);
  if (matches.some(({ match }) => 'problem' in match)) {
    const newer = await providersAfterMiss(deps, key, list);
    if (newer !== list) matches = matchAll(packages, newer.providers, table);
  }
  return providersOf(matches, { partnerId });
}

interface CarrierChoice {
  key: ProviderListKey;
  partnerId: number;
  /** What the seller's table of carriers says of the spellings. */
  table: Meanings;
  list: ProviderList;
}

/** What carriers of these packages are matched against; null where TikTok names no delivery option for the order. */
export async function readChoice(
  deps: ProviderListDeps,
  record: ShippedOrder,
  packages: readonly Pick<PackageCarrier, 'carrier'>[],
): Promise<CarrierChoice | null> {
  const { connectionId, order } = record;
  const { deliveryOptionId } = order;
  if (deliveryOptionId === null) return null;
  const connection = await getConnection(deps.db.prisma, { id: connectionId });
  const { companyId, partnerId } = connection;
  const spellings = packages.flatMap(({ carrier }) =>
    [carrier.providerId, carrier.carrierCode, carrier.classCode].filter((text) => text !== null),
  );
  const table = await findSpellings(deps.db.prisma, { companyId, partnerId, table: carrierTable }, spellings);
  const key = { connectionId, deliveryOptionId, ...(await routeOf(deps, connection, record)) };
  return { key, table, partnerId, list: await providersFor(deps, key) };
}

/** The same for a caller who waits: null when TikTok cannot be asked in time. */
export async function tryChooseProviders(
  deps: ProviderListDeps,
  record: ShippedOrder,
  packages: readonly PackageCarrier[],
): Promise<Map<number, Provider> | null> {
  const choice = chooseProviders(deps, record, packages).catch((error: unknown) => {
    if (error instanceof AppError && error.retry === 'later') return null;
    if (error instanceof AppError && error.code === 'tiktok-refused') {
      throw new AppError('rule-violated', error.message, { details: error.details, cause: error });
    }
    throw error;
  });
  // Its failure is nobody's any more once the caller was answered.
  choice.catch(() => undefined);
  return within(choice, PATIENCE_MS, () => null);
}

interface CarrierMatch {
  position: number;
  match: ProviderMatch;
}

function matchAll(
  packages: readonly PackageCarrier[],
  providers: readonly Provider[],
  table: Meanings,
): CarrierMatch[] {
  return packages.map(({ position, carrier }) => ({
    position,
    match: matchProvider(carrier, providers, table),
  }));
}

/** Only TikTok's own id needs no list. */
function withoutList(packages: readonly PackageCarrier[]): Map<number, Provider> {
  const problems: ErrorDetail[] = [];
  const providers = new Map<number, Provider>();
  for (const { position, carrier } of packages) {
    const id = carrier.providerId;
    if (id !== null && /^\d+$/.test(id)) providers.set(position, { id, name: id });
    else {
      problems.push({
        field: `${carrier.path}.ReceiverClassCode`,
        message: 'required: TikTok names no delivery option for this order, so its carriers cannot be listed',
      });
    }
  }
  if (problems.length > 0) throw carrierProblem(problems);
  return providers;
}

function providersOf(matches: readonly CarrierMatch[], shop: { partnerId: number }): Map<number, Provider> {
  const problems: ErrorDetail[] = [];
  const providers = new Map<number, Provider>();
  for (const { position, match } of matches) {
    if ('provider' in match) providers.set(position, match.provider);
    else problems.push(describeMismatch(match, shop));
  }
  if (problems.length > 0) throw carrierProblem(problems);
  return providers;
}

function carrierProblem(details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', 'TikTok does not accept the carrier.', { details });
}
