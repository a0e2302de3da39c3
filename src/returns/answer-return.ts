import type { Actor } from '../companies/actor.js';
import { hashOfContent } from '../documents/content-hash.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { findDocument } from '../documents/document-store.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { readReturn } from '../logicbroker/read-return.js';
import { markHanded } from '../orders/piece-store.js';
import type { Tx } from '../store/database.js';
import { cannotRefuse, checkAnswer, type AnswerInput, type AnswerStep } from '../domain/return-answer.js';
import { giveAnswer, StaleRefusal } from './give-answer.js';
import { refreshReturns } from './refresh-returns.js';
import type { ReturnDeps } from './return-deps.js';
import { openAction, questionOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { findReturnsByTiktokId, lockReturnsByDocuments } from './return-store.js';

interface NewAnswer {
  companyId: number;
  /** Who answers. */
  by: Actor;
  /** The order in the path; without it the return's own number is enough. */
  orderKey?: number | undefined;
  /** A v3 Return, parsed so that numbers keep their text. */
  document: JsonObject;
}

/** `created` is false when the same answer was given before. */
export interface GivenAnswer {
  /** Key of the return that was answered: an answer is no document of its own. */
  key: number;
  created: boolean;
}

/**
 * Takes a Return that the seller posts: the answer to the buyer's request of that number. The first answer accepts the
 * request; the second, which gives the money back, must say so (StatusCode 1000), so that a repeated first answer can
 * never become it. The same content again is the same answer.
 *
 * What our own data can decide is refused here and leaves nothing behind; what TikTok decides shows on the document.
 * @throws AppError not-found, invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export async function answerReturn(deps: ReturnDeps, request: NewAnswer): Promise<GivenAnswer> {
  const input = readReturn(request.document);
  const key = await findKey(deps, request, input);
  if (input.refusedAt !== null) throw cannotRefuse(input.refusedAt);
  const wanted: Wanted = {
    companyId: request.companyId,
    by: request.by,
    key,
    input,
    hash: await hashOfAnswer(request.document, input),
  };
  try {
    return await take(deps, wanted);
  } catch (error) {
    // The pull may be minutes old: the buyer may have sent the goods since.
    if (!(error instanceof StaleRefusal)) throw error;
    const isNewer = await refreshReturns(deps, { companyId: request.companyId, keys: [key], by: request.by });
    if (!isNewer) throw error;
    return take(deps, wanted);
  }
}

interface Wanted {
  companyId: number;
  by: Actor;
  key: number;
  input: AnswerInput;
  hash: string;
}

/** What an answer says is part of it: the same lines accept a request, and later give the money back. */
function hashOfAnswer(document: JsonObject, { says }: AnswerInput): Promise<string> {
  const { StatusCode: _status, ...content } = document;
  return hashOfContent([says, content]);
}

async function take(deps: ReturnDeps, { companyId, by, key, input, hash }: Wanted): Promise<GivenAnswer> {
  const wake = await deps.db.transaction(async (tx) => {
    const [record] = await lockReturnsByDocuments(tx, { companyId, keys: [key] });
    if (!record) throw new Error(`Return ${key} has lost its row`);
    await markHanded(tx, { companyId, keys: [key], now: deps.clock.now() });
    if (record.answers.some(({ contentHash }) => contentHash === hash)) return null;
    checkAnswer(input, record);
    return giveAnswer(tx, deps, record, { step: stepOf(input, record), contentHash: hash, by });
  });
  if (wake !== null) deps.wake?.(wake);
  return { key, created: wake !== null };
}

/** Only yes to the request is ever understood without being said. */
function stepOf({ says }: AnswerInput, record: ReturnRecord): AnswerStep {
  if (says !== null) return says;
  const { shown } = record;
  const asksForRefund = questionOf(shown)?.step === 'refund' && openAction(record) !== null;
  if (!asksForRefund || shown.type !== 'return-and-refund') return 'accept';
  throw new AppError('rule-violated', 'The answer does not say that the goods are back.', {
    details: [
      {
        field: 'StatusCode',
        message: 'required: TikTok asks to confirm the goods now, which refunds the buyer',
        next: 'Send StatusCode 1000 with the return, or set its status to Complete.',
      },
    ],
  });
}

/**
 * The document of the request with this number. What the answer names besides must agree.
 * @throws AppError not-found for a path that leads nowhere, invalid-document for a number that does
 */
async function findKey({ db }: ReturnDeps, request: NewAnswer, input: AnswerInput): Promise<number> {
  const tx: Tx = db.prisma;
  const { companyId, orderKey } = request;
  const order =
    orderKey === undefined ? null : await findDocument(tx, { companyId, type: 'order', key: orderKey });
  if (orderKey !== undefined && !order) throw new AppError('not-found', `There is no order ${orderKey}.`);
  const records = await findReturnsByTiktokId(tx, { companyId, returnId: input.returnNumber });
  const keys = records.flatMap(({ documentKey }) => documentKey ?? []);
  const documents = (
    await Promise.all(keys.map((key) => findDocument(tx, { companyId, type: 'return', key })))
  ).filter((document) => document !== null);
  if (documents.length === 0) throw unknownReturn(input, records);
  const { linkKey, partnerPo } = input;
  const own = documents
    .filter(({ parentKey }) => orderKey === undefined || parentKey === orderKey)
    .filter((document) => linkKey === null || document.linkKey === linkKey)
    .filter((document) => partnerPo === null || document.partnerPo === partnerPo);
  const [only] = own;
  if (only && own.length === 1) return only.key;
  throw notOfThisOrder(input, own.length);
}

function unknownReturn({ returnNumber }: AnswerInput, records: readonly ReturnRecord[]): AppError {
  const [kept] = records;
  const detail: ErrorDetail = kept
    ? {
        field: 'ReturnNumber',
        message: `request ${returnNumber} is not imported: ${kept.gateReason ?? 'no reason is known'}`,
        next: 'Answer it in TikTok Seller Center.',
      }
    : {
        field: 'ReturnNumber',
        message: `there is no such return request: ${returnNumber}`,
        next: 'Returns come from TikTok; send the ReturnNumber of the request that is answered.',
      };
  return new AppError('invalid-document', 'The return cannot be found.', { details: [detail] });
}

function notOfThisOrder({ returnNumber }: AnswerInput, count: number): AppError {
  const message =
    count === 0
      ? `return ${returnNumber} belongs to another order`
      : `return ${returnNumber} exists more than once`;
  return new AppError('invalid-document', 'The return cannot be found.', {
    details: [{ field: count === 0 ? 'PartnerPO' : 'Identifier.LinkKey', message }],
  });
}
