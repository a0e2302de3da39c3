import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { AcknowledgementInput } from '../domain/acknowledgement.js';
import { reasonTable } from '../lookups/lookup-table.js';
import { addingCall, correctingCall } from '../lookups/row-call.js';
import { reasonList, tiktokReasonFor, type ReasonMatch, type ReasonPlace } from './cancel-reasons.js';

interface GivenReason {
  field: string;
  text: string;
}

/**
 * TikTok's one reason for cancelling the order, from the header's ChangeReason, else from the lines'. Null only while the
 * buyer asks for the cancellation: approving the request needs no reason, and TikTok has the buyer's own.
 * @throws AppError invalid-document without a reason, for one that is not possible, and for lines that disagree
 */
export function chooseReason(
  input: AcknowledgementInput,
  place: ReasonPlace,
  { buyerAsks }: { buyerAsks: boolean },
): string | null {
  const known = reasonsIn(input).map((reason) => ({ ...reason, match: tiktokReasonFor(reason.text, place) }));
  const keys = known.flatMap(({ match }) => (match && 'key' in match ? [match.key] : []));
  if (buyerAsks) return keys[0] ?? null;
  if (known.length === 0) {
    throw refused([
      { field: 'ChangeReason', message: 'required: why the order is cancelled', next: listText(place) },
    ]);
  }
  if (keys.length < known.length) throw refused(known.flatMap((reason) => problemOf(reason, place)));
  const isHeader = known[0]?.field === 'ChangeReason';
  if (!isHeader && new Set(keys).size > 1) {
    throw refused([
      {
        field: 'ChangeReason',
        message: 'the lines give several reasons, and TikTok takes one for the whole order',
        next: 'Give the ChangeReason of the header.',
      },
    ]);
  }
  return keys[0] ?? null;
}

function problemOf(
  { field, text, match }: GivenReason & { match: ReasonMatch },
  place: ReasonPlace,
): ErrorDetail[] {
  if (match && 'key' in match) return [];
  const spelling = text.slice(0, 100);
  const given = `"${spelling}"`;
  // Which reason it is to be is a decision of the seller's.
  const teaching = { spelling, meaning: '<one of the reasons above>', partnerId: place.partnerId };
  if (match) {
    const { id, value } = match.staleRow;
    return [
      {
        field,
        message: `row ${id} of your table ${reasonTable.name} says that ${given} is ${value}, which TikTok does not take for this order`,
        next: `${listText(place)} Correct the row: ${correctingCall(reasonTable, match.staleRow, teaching)}`,
      },
    ];
  }
  return [
    {
      field,
      message: `${given} is no reason that TikTok takes for this order`,
      next: `${listText(place)} Or say once what your text means: ${addingCall(reasonTable, teaching)}`,
    },
  ];
}

function listText(place: ReasonPlace): string {
  return `Possible for this order: ${reasonList(place) || 'none'}. GET Partners/{partnerId}/CancellationReasons lists them.`;
}

/** The header's first. */
export function reasonsIn({ reason, lines }: AcknowledgementInput): GivenReason[] {
  const given = [
    { field: 'ChangeReason', text: reason },
    ...lines.map((line) => ({ field: `${line.path}.ChangeReason`, text: line.reason })),
  ];
  return given.flatMap(({ field, text }) => (text === null ? [] : [{ field, text }]));
}

function refused(details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', 'The reason of the cancellation is missing or not possible.', {
    details,
  });
}
