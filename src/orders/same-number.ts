import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';
import { documentNoun, documentPath } from '../logicbroker/document-types.js';
import { statusName, StatusCode } from '../logicbroker/statuses.js';
import type { Unsettled } from '../sync/effects/unsettled-effects.js';
import type { NamesOrder, Taking } from './taking.js';

const ASK_AGAIN_MS = 10 * SECOND_MS;

type Numbered = Pick<Taking<NamesOrder, unknown, unknown>, 'type' | 'numberField' | 'whenTaken'>;
type Head = Pick<DocumentHead, 'key' | 'companyId' | 'reference' | 'linkKey' | 'statusCode'>;

/** Nothing came of the document, so that the sender's number is free for another try. */
export function mayBeReplaced({ statusCode }: Pick<DocumentHead, 'statusCode'>): boolean {
  return statusCode === StatusCode.failed || statusCode === StatusCode.ignored;
}

/**
 * Whether a document may take the place of the one that has its number with another content: only when nothing came of that
 * one, and nothing of it is under way. The caller holds the order's lock, which everybody holds who sends or settles.
 * @param unsettled what of that one's effects is not settled; undefined when all is
 * @throws AppError conflict while TikTok has not decided; invalid-document when the number stands for something else
 */
export function checkReplaceable(taking: Numbered, head: Head, unsettled: Unsettled | undefined): void {
  if (unsettled) throw notNow(taking, head, unsettled);
  if (mayBeReplaced(head)) return;
  throw head.statusCode === StatusCode.draft ? isDraft(taking, head) : numberIsTaken(taking, head);
}

/**
 * The text names the document that has the number, so that a client can look it up. Logicbroker's own NetSuite connector
 * searches it for "This shipment already exists" and for the word after "link key", and then counts its shipment as
 * delivered: the words stand here only, for what TikTok really has.
 */
export function numberIsTaken(taking: Numbered, head: Head): AppError {
  const noun = documentNoun(taking.type);
  return new AppError('invalid-document', `This ${noun} already exists with another content.`, {
    details: [
      {
        field: taking.numberField,
        message: whoHasIt(taking, head, ` of the order with link key ${head.linkKey}`),
        next: taking.whenTaken,
      },
    ],
  });
}

function isDraft(taking: Numbered, head: Head): AppError {
  const { type, numberField } = taking;
  return new AppError(
    'invalid-document',
    `This ${documentNoun(type)} is still a draft, with another content.`,
    {
      details: [
        {
          field: numberField,
          message: whoHasIt(taking, head),
          next: `Change the draft by PUT ${documentPath(type)}/${head.key}, and send it with PUT ${documentPath(type)}/${head.key}/Status/Submitted.`,
        },
      ],
    },
  );
}

function notNow(taking: Numbered, head: Head, why: Unsettled): AppError {
  const { type, numberField } = taking;
  const noun = documentNoun(type);
  const message =
    why === 'under-way'
      ? `The ${noun} with this number is on its way to TikTok, with another content.`
      : `It is not known yet whether TikTok has the ${noun} with this number, which has another content.`;
  const next = `Wait for its outcome: GET ${documentPath(type)}/${head.key}/Status. Should it fail, send this one again.`;
  return new AppError('conflict', message, {
    details: [{ field: numberField, message: whoHasIt(taking, head), next }],
    retryAfterMs: ASK_AGAIN_MS,
  });
}

function whoHasIt({ type, numberField }: Numbered, head: Head, where = ''): string {
  const status = statusName(type, head.statusCode);
  return `${numberField} ${head.reference} is ${documentNoun(type)} ${head.key}${where} (${status}), with another content`;
}
