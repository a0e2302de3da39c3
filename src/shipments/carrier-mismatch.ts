import type { ErrorDetail } from '../kernel/errors.js';
import { carrierTable } from '../lookups/lookup-table.js';
import { addingCall, correctingCall } from '../lookups/row-call.js';
import { spellingKey } from '../lookups/spelling.js';
import type { Provider, ProviderMatch } from './match-provider.js';

type Mismatch = Extract<ProviderMatch, { problem: string }>;

const NAMES_SHOWN = 40;

/** The refusal's text, with the names that would have been accepted, and the call that teaches the service the spelling. */
export function describeMismatch(
  match: Mismatch,
  { partnerId }: { partnerId: number },
): Required<Pick<ErrorDetail, 'field' | 'message' | 'next'>> {
  const { field, given, candidates, row } = match;
  // Sent as it is where the spelling itself tells the carrier; else the place to fill in is marked.
  const meaning = likelyProvider(given, candidates)?.name ?? '<name or id from the list>';
  const teaching = { spelling: given, meaning, partnerId };
  const names = candidates.map((provider) => `${provider.name} (${provider.id})`);
  const shown = names.slice(0, NAMES_SHOWN).join(', ') + (names.length > NAMES_SHOWN ? ', …' : '');
  if (row) {
    return {
      field,
      message: `row ${row.id} of your table ${carrierTable.name} says that ${given} is ${row.value}, which ${match.problem === 'stale' ? 'is not a carrier that TikTok accepts for this order any more' : 'is the name of several carriers'}; it accepts ${shown || 'none'}`,
      next: `Correct the row: ${correctingCall(carrierTable, row, teaching)}`,
    };
  }
  return {
    field,
    message:
      match.problem === 'ambiguous'
        ? `carrier ${given} can be any of ${shown}`
        : `carrier ${given} is not one that TikTok accepts for this order; it accepts ${shown || 'none'}`,
    next:
      'Send one of these names as CarrierCode, or its id as ReceiverClassCode. ' +
      // TikTok's own id is no spelling of anything.
      (field.endsWith('ReceiverClassCode') && /^\d+$/.test(given)
        ? ''
        : `Or say once what your spelling means: ${addingCall(carrierTable, teaching)}`),
  };
}

/**
 * The one provider whose name the spelling begins with, word by word: `UPS Ground` begins with UPS, `USPS Ground` does not.
 * Good enough to be offered to a person, never to be acted on.
 */
function likelyProvider(given: string, candidates: readonly Provider[]): Provider | null {
  const words = wordsOf(given);
  const fitting = candidates
    .map((provider) => ({ provider, own: wordsOf(provider.name) }))
    .filter(({ own }) => own.length > 0 && own.every((word, index) => words[index] === word))
    .toSorted((a, b) => b.own.length - a.own.length);
  const [first, second] = fitting;
  return first && first.own.length !== second?.own.length ? first.provider : null;
}

function wordsOf(text: string): string[] {
  return text
    .split(/[^\p{L}\p{N}&]+/u)
    .map(spellingKey)
    .filter((word) => word !== '');
}
