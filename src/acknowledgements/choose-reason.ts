import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { AcknowledgementInput } from '../domain/acknowledgement.js';
import { PARTNER_COLUMN, reasonTable } from '../lookups/lookup-table.js';
import { reasonList, tiktokReasonFor, type ReasonMatch, type ReasonPlace } from './cancel-reasons.js';

const ROWS_PATH = `/api/v3/Settings/CustomLookupTables/${reasonTable.name}/Lookups`;

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
  const given = `"${text.slice(0, 100)}"`;
  if (match) {
    const { id, value } = match.staleRow;
    return [
      {
        field,
        message: `row ${id} of your table ${reasonTable.name} says that ${given} is ${value}, which TikTok does not take for this order`,
        next: `${listText(place)} Correct the row: PUT ${ROWS_PATH}/${id}`,
      },
    ];
  }
  return [
    {
      field,
      message: `${given} is no reason that TikTok takes for this order`,
      next: `${listText(place)} Or say once what your text means: POST ${ROWS_PATH} ${rowText(text, place)}`,
    },
  ];
}

function listText(place: ReasonPlace): string {
  return `Possible for this order: ${reasonList(place) || 'none'}. GET Partners/{partnerId}/CancellationReasons lists them.`;
}

/** A body to be sent with one of the reasons in the marked place: which one is a decision of the seller's. */
function rowText(text: string, { partnerId }: ReasonPlace): string {
  const [spelling, reason] = reasonTable.columns;
  return JSON.stringify({
    Columns: [
      { Title: spelling.title, Value: text.slice(0, 100) },
      { Title: reason.title, Value: '<one of the reasons above>' },
      { Title: PARTNER_COLUMN, Value: String(partnerId) },
    ],
  });
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
