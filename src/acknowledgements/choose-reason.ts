import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { AcknowledgementInput } from '../domain/acknowledgement.js';
import { reasonList, tiktokReasonFor, type ReasonPlace } from './cancel-reasons.js';

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
  const given = reasonsIn(input);
  const known = given.map((reason) => ({ ...reason, key: tiktokReasonFor(reason.text, place) }));
  if (buyerAsks) return known.find(({ key }) => key !== null)?.key ?? null;
  const next = `Possible for this order: ${reasonList(place)}. GET Partners/{partnerId}/CancellationReasons lists them.`;
  if (given.length === 0) {
    throw refused([{ field: 'ChangeReason', message: 'required: why the order is cancelled', next }]);
  }
  const unknown = known.filter(({ key }) => key === null);
  if (unknown.length > 0) {
    throw refused(
      unknown.map(({ field, text }) => ({
        field,
        message: `"${text.slice(0, 100)}" is no reason that TikTok takes for this order`,
        next,
      })),
    );
  }
  const [first, ...others] = known;
  const isHeader = first?.field === 'ChangeReason';
  if (!isHeader && others.some(({ key }) => key !== first?.key)) {
    throw refused([
      {
        field: 'ChangeReason',
        message: 'the lines give several reasons, and TikTok takes one for the whole order',
        next: 'Give the ChangeReason of the header.',
      },
    ]);
  }
  return first?.key ?? null;
}

/** The header's first. */
function reasonsIn({ reason, lines }: AcknowledgementInput): GivenReason[] {
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
