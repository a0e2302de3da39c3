import { carrierAliases } from './carrier-aliases.js';
import type { CarrierHint } from '../domain/shipment.js';

/** A carrier that TikTok accepts for the order's delivery option. */
export interface Provider {
  id: string;
  name: string;
}

export type ProviderMatch =
  | { provider: Provider }
  /** `unknown`: nothing on the list is meant. `ambiguous`: more than one is. */
  | { problem: 'unknown' | 'ambiguous'; field: string; given: string; candidates: readonly Provider[] };

/**
 * TikTok's provider that the ERP means. TikTok's own id wins and must be on the list; else the carrier code, then the
 * ship method, by name or alias. Never by likeness: UPS and USPS differ by one letter.
 */
export function matchProvider(hint: CarrierHint, providers: readonly Provider[]): ProviderMatch {
  if (hint.providerId !== null) return matchProviderId(hint, hint.providerId, providers);
  let ambiguous: ProviderMatch | null = null;
  for (const [name, given] of [
    ['CarrierCode', hint.carrierCode],
    ['ClassCode', hint.classCode],
  ] as const) {
    if (given === null) continue;
    const candidates = candidatesFor(given, providers);
    if (candidates.length === 1 && candidates[0]) return { provider: candidates[0] };
    // The ship method may tell which one of several is meant: `DHL` and `DHL eCommerce`.
    if (candidates.length > 1) {
      ambiguous ??= { problem: 'ambiguous', field: `${hint.path}.${name}`, given, candidates };
    }
  }
  const given = hint.carrierCode ?? hint.classCode ?? '';
  const field = `${hint.path}.${hint.carrierCode === null ? 'ClassCode' : 'CarrierCode'}`;
  return ambiguous ?? { problem: 'unknown', field, given, candidates: providers };
}

function matchProviderId(hint: CarrierHint, given: string, providers: readonly Provider[]): ProviderMatch {
  const byId = providers.find((provider) => provider.id === given);
  if (byId) return { provider: byId };
  const field = `${hint.path}.ReceiverClassCode`;
  // A name in the id's place is understood; an id that is not on the list never falls back to a name.
  const candidates = /^\d+$/.test(given) ? [] : candidatesFor(given, providers);
  if (candidates.length === 1 && candidates[0]) return { provider: candidates[0] };
  if (candidates.length > 1) return { problem: 'ambiguous', field, given, candidates };
  return { problem: 'unknown', field, given, candidates: providers };
}

function candidatesFor(given: string, providers: readonly Provider[]): Provider[] {
  const exact = providers.filter((provider) => provider.id === given || key(provider.name) === key(given));
  if (exact.length > 0) return exact;
  const names = new Set(
    carrierAliases
      .filter((alias) => [...alias.codes, ...alias.names].some((spelling) => key(spelling) === key(given)))
      .flatMap((alias) => alias.names.map(key)),
  );
  return providers.filter((provider) => names.has(key(provider.name)));
}

/** Letters and digits of any script in lower case: `J&T Express` and `jt express` are the same. */
function key(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

const NAMES_SHOWN = 40;

/** The refusal's text, with the names that would have been accepted. */
export function describeMismatch(match: Extract<ProviderMatch, { problem: string }>): {
  field: string;
  message: string;
  next: string;
} {
  const names = match.candidates.map((provider) => `${provider.name} (${provider.id})`);
  const shown = names.slice(0, NAMES_SHOWN).join(', ') + (names.length > NAMES_SHOWN ? ', …' : '');
  const message =
    match.problem === 'ambiguous'
      ? `carrier ${match.given} can be any of ${shown}`
      : `carrier ${match.given} is not one that TikTok accepts for this order; it accepts ${shown || 'none'}`;
  return {
    field: match.field,
    message,
    next: 'Send one of these names as CarrierCode, or its id as ReceiverClassCode.',
  };
}
