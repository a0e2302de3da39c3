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
import { countryOf, routeOf, type Warehouse } from './shipping-route.js';
import type { CarrierHint } from '../domain/shipment.js';

interface PackageCarrier {
  position: number;
  carrier: CarrierHint;
}

/** Answering a caller may wait this long for TikTok's list; without it the shipment is taken and decided when sent. */
const PATIENCE_MS = 3_000;

/** The order that is shipped, as far as its carriers depend on it. */
export type ShippedOrder = Pick<OrderRecord, 'connectionId' | 'order' | 'units'>;

/** What carriers of an order are matched against. */
interface CarrierChoice {
  partnerId: number;
  /** What the seller's table of carriers says of the spellings. */
  table: Meanings;
  list: ProviderList;
  /** After a carrier was not found: the list as TikTok has it now, or the same where that is very young. */
  afterMiss: () => Promise<ProviderList>;
}

/** Null where TikTok names no delivery option for the order. */
export type ReadChoice = (record: ShippedOrder) => Promise<CarrierChoice | null>;

/**
 * Reads what these carriers are matched against. What several orders share (shop, table, route, list) is read, and asked of
 * TikTok, once.
 */
export function carrierChoices(
  deps: ProviderListDeps,
  packages: readonly Pick<PackageCarrier, 'carrier'>[],
): ReadChoice {
  const { prisma } = deps.db;
  const spellings = packages.flatMap(({ carrier }) =>
    [carrier.providerId, carrier.carrierCode, carrier.classCode].filter((text) => text !== null),
  );
  const shopOf = once(async (connectionId: number) => {
    const connection = await getConnection(prisma, { id: connectionId });
    const { companyId, partnerId } = connection;
    const table = await findSpellings(prisma, { companyId, partnerId, table: carrierTable }, spellings);
    return { connection, partnerId, table };
  });
  const routes = { ...deps, countryOf: once((warehouse: Warehouse) => countryOf(deps, warehouse)) };
  const listOf = once((key: ProviderListKey) => providersFor(deps, key));
  const listAfterMiss = once(async (key: ProviderListKey) =>
    providersAfterMiss(deps, key, await listOf(key)),
  );
  return async (record) => {
    const { connectionId, order } = record;
    const { deliveryOptionId } = order;
    if (deliveryOptionId === null) return null;
    const { connection, partnerId, table } = await shopOf(connectionId);
    const key = { connectionId, deliveryOptionId, ...(await routeOf(routes, connection, record)) };
    return { partnerId, table, list: await listOf(key), afterMiss: () => listAfterMiss(key) };
  };
}

/** Does the work once for each key, also for those who ask while it is being done. */
function once<Key, Result>(work: (key: Key) => Promise<Result>): (key: Key) => Promise<Result> {
  const done = new Map<string, Promise<Result>>();
  return (key) => {
    const name = JSON.stringify(key);
    const known = done.get(name) ?? work(key);
    done.set(name, known);
    return known;
  };
}

/**
 * TikTok's carrier of each package, by position.
 * @throws AppError invalid-document naming the carriers that TikTok accepts; whatever TikTok answered when its list
 * cannot be read and none is held
 */
export async function chooseProviders(
  read: ReadChoice,
  record: ShippedOrder,
  packages: readonly PackageCarrier[],
): Promise<Map<number, Provider>> {
  const choice = await read(record);
  if (!choice) return withoutList(packages);
  const { table, partnerId, list, afterMiss } = choice;
  let matches = matchAll(packages, list.providers, table);
  if (matches.some(({ match }) => 'problem' in match)) {
    const newer = await afterMiss();
    if (newer !== list) matches = matchAll(packages, newer.providers, table);
  }
  return providersOf(matches, { partnerId });
}

/**
 * The same after TikTok has refused a carrier that was chosen before: by the list as TikTok has it now.
 * @throws AppError as chooseProviders
 */
export async function chooseAfterRefusal(
  read: ReadChoice,
  record: ShippedOrder,
  packages: readonly PackageCarrier[],
): Promise<Map<number, Provider>> {
  const choice = await read(record);
  if (!choice) return withoutList(packages);
  const { providers } = await choice.afterMiss();
  return providersOf(matchAll(packages, providers, choice.table), choice);
}

/** The same for a caller who waits: null when TikTok cannot be asked in time. */
export async function tryChooseProviders(
  read: ReadChoice,
  record: ShippedOrder,
  packages: readonly PackageCarrier[],
): Promise<Map<number, Provider> | null> {
  const choice = chooseProviders(read, record, packages).catch((error: unknown) => {
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
