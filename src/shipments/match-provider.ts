import { carrierAliases } from './carrier-aliases.js';
import type { CarrierHint } from '../domain/shipment.js';
import type { Meaning, Meanings } from '../lookups/find-spellings.js';
import { spellingKey } from '../lookups/spelling.js';

/** A carrier that TikTok accepts for the order's delivery option. */
export interface Provider {
  id: string;
  name: string;
}

export type ProviderMatch = { provider: Provider } | ProviderMismatch;

interface ProviderMismatch {
  /**
   * `unknown`: nothing on the list is meant. `ambiguous`: more than one is. `stale`: the seller's table names a provider that
   * is not on the list, or not any more.
   */
  problem: 'unknown' | 'ambiguous' | 'stale';
  field: string;
  given: string;
  candidates: readonly Provider[];
  /** The row of the seller's table that is stale. */
  row?: Meaning;
}

/**
 * TikTok's provider that the ERP means. TikTok's own id wins and must be on the list; else the carrier code, then the
 * ship method: each by the seller's own table, then by name or alias. Never by likeness: UPS and USPS differ by one letter.
 * @param table what the seller's table of carriers says of the spellings
 */
export function matchProvider(
  hint: CarrierHint,
  providers: readonly Provider[],
  table: Meanings = new Map(),
): ProviderMatch {
  if (hint.providerId !== null) return matchProviderId(hint, hint.providerId, providers, table);
  let ambiguous: ProviderMatch | null = null;
  for (const [name, given] of [
    ['CarrierCode', hint.carrierCode],
    ['ClassCode', hint.classCode],
  ] as const) {
    if (given === null) continue;
    const field = `${hint.path}.${name}`;
    const byTable = matchByTable({ field, given }, providers, table);
    if (byTable) return byTable;
    const candidates = candidatesFor(given, providers);
    if (candidates.length === 1 && candidates[0]) return { provider: candidates[0] };
    // The ship method may tell which one of several is meant: `DHL` and `DHL eCommerce`.
    if (candidates.length > 1) ambiguous ??= { problem: 'ambiguous', field, given, candidates };
  }
  const given = hint.carrierCode ?? hint.classCode ?? '';
  const field = `${hint.path}.${hint.carrierCode === null ? 'ClassCode' : 'CarrierCode'}`;
  return ambiguous ?? { problem: 'unknown', field, given, candidates: providers };
}

/** Null when the table does not say anything of the spelling. */
function matchByTable(
  place: { field: string; given: string },
  providers: readonly Provider[],
  table: Meanings,
): ProviderMatch | null {
  const row = table.get(spellingKey(place.given));
  if (!row) return null;
  const named = providersNamed(row.value, providers);
  if (named.length === 1 && named[0]) return { provider: named[0] };
  return named.length > 1
    ? { problem: 'ambiguous', ...place, candidates: named, row }
    : { problem: 'stale', ...place, candidates: providers, row };
}

function matchProviderId(
  hint: CarrierHint,
  given: string,
  providers: readonly Provider[],
  table: Meanings,
): ProviderMatch {
  const byId = providers.find((provider) => provider.id === given);
  if (byId) return { provider: byId };
  const field = `${hint.path}.ReceiverClassCode`;
  // A name in the id's place is understood; an id that is not on the list never falls back to a name.
  if (/^\d+$/.test(given)) return { problem: 'unknown', field, given, candidates: providers };
  const byTable = matchByTable({ field, given }, providers, table);
  if (byTable) return byTable;
  const candidates = candidatesFor(given, providers);
  if (candidates.length === 1 && candidates[0]) return { provider: candidates[0] };
  if (candidates.length > 1) return { problem: 'ambiguous', field, given, candidates };
  return { problem: 'unknown', field, given, candidates: providers };
}

function candidatesFor(given: string, providers: readonly Provider[]): Provider[] {
  const exact = providersNamed(given, providers);
  if (exact.length > 0) return exact;
  const names = new Set(
    carrierAliases
      .filter((alias) =>
        [...alias.codes, ...alias.names].some((spelling) => spellingKey(spelling) === spellingKey(given)),
      )
      .flatMap((alias) => alias.names.map(spellingKey)),
  );
  return providers.filter((provider) => names.has(spellingKey(provider.name)));
}

/** By id, or by name in any spelling. */
function providersNamed(given: string, providers: readonly Provider[]): Provider[] {
  return providers.filter(({ id, name }) => id === given || spellingKey(name) === spellingKey(given));
}
