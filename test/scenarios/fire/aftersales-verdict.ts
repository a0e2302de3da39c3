import type { OrderView } from '../../../src/simulator/control/views.js';
import type { Effect } from '../../../src/simulator/state/model.js';
import { unitIdsOf, type Erp, type ErpDocument } from '../../support/erp.js';
import type { ServiceWorld } from '../../support/service-world.js';
import { attributesOf, keyOf } from '../aftersales/seller-desk.js';
import { questionOf } from './return-desk.js';
import type { Facts } from './verdict.js';

const COMPLETE = 1000;
const CANCELLED = 1100;
const FAILED = 1200;
const PROCESSING = 200;

/** Where a return's document stands, by what TikTok shows of it. */
const returnStatuses: Record<string, number> = {
  AWAITING_BUYER_SHIP: 600,
  RETURN_OR_REFUND_REQUEST_SUCCESS: COMPLETE,
  RETURN_OR_REFUND_REQUEST_COMPLETE: COMPLETE,
  RETURN_OR_REFUND_REQUEST_CANCEL: 1400,
};

interface Piece {
  id: string;
  display_status: string;
  cancel_user?: string;
  tracking_number?: string;
}

/** What the seller or TikTok still has to do about cancellations and returns. */
export async function unfinishedAftersales({ simulator }: ServiceWorld, erp: Erp): Promise<string[]> {
  const [acknowledgements, returns] = [await erp.list('Acknowledgements'), await erp.list('Returns')];
  const known = new Set(returns.map((each) => each['ReturnNumber']));
  // Over before the shop was connected, or before its first pull: nobody needs to hear of it.
  const missing = simulator.control
    .returns({ limit: 100_000 })
    .filter((each) => !known.has(each.return_id) && each.return_status !== 'RETURN_OR_REFUND_REQUEST_CANCEL');
  return [
    ...acknowledgements
      .filter(({ StatusCode }) => StatusCode === PROCESSING)
      .map((each) => `acknowledgement ${keyOf(each)} is being sent`),
    ...returns
      .filter((each) => each.StatusCode === PROCESSING || questionOf(each) !== null)
      .map((each) => `return ${keyOf(each)} is ${each.StatusCode}`),
    ...missing
      .filter((each) => isOurs(each.shopId))
      .map((each) => `return ${each.return_id} (${each.return_status}) has not come`),
  ];
}

/** Only the shops that the run has connected. */
function isOurs(shopId: string): boolean {
  return /[12]$/.test(shopId);
}

/** Every way in which both sides disagree about cancellations and returns. */
export async function aftersalesDisagreements(
  facts: Facts,
  erp: Erp,
  orders: readonly ErpDocument[],
): Promise<string[]> {
  const acknowledgements = await erp.list('Acknowledgements');
  return [
    ...orders.flatMap((order) => orderAgainstTikTok(facts, order, acknowledgements)),
    ...[...facts.seller.deals.values()]
      .filter(({ plan, key }) => plan === 'cancel' && key !== null)
      .flatMap(({ order, key }) =>
        ownCancellation(
          facts,
          order,
          acknowledgements.find((each) => keyOf(each) === key),
        ),
      ),
    ...severalFor(acknowledgements),
    ...(await returnsAgainstTikTok(facts.world, erp)),
  ];
}

/** Pieces are cancelled once, told once, and the order stands where they lead it. */
function orderAgainstTikTok(
  { world: { simulator } }: Facts,
  document: ErpDocument,
  acknowledgements: readonly ErpDocument[],
): string[] {
  const id = document.PartnerPO;
  const tiktok = simulator.control.order(id);
  const effects = simulator.control.effects({ order: id });
  const told = acknowledgements
    .filter((each) => each.PartnerPO === id && tells(each))
    .map(unitIdsOfAcknowledgement);
  const found: string[] = [];
  const onLines = new Set(unitIdsOf(document));
  const pieces = piecesOf(tiktok);
  for (const piece of pieces) {
    const cancelled = effects.filter(({ kind, unitIds }) => isCancel(kind) && unitIds.includes(piece.id));
    if (cancelled.length > 1)
      found.push(`piece ${piece.id} of ${id} was cancelled ${cancelled.length} times`);
    if (!onLines.has(piece.id)) continue;
    const times = told.filter((unitIds) => unitIds.includes(piece.id)).length;
    const [least, most] = timesToTell(piece, cancelled);
    if (times < least || times > most) {
      found.push(`piece ${piece.id} of ${id} (${piece.display_status}) was told ${times} times`);
    }
  }
  const isShippedByHand = effects.some(({ via, kind }) => via === 'seller_center' && kind === 'shipped');
  if (!isShippedByHand && !mayStandAt(document.StatusCode, pieces, told.length > 0))
    found.push(
      `order ${id} is at ${document.StatusCode}: ${pieces.map((each) => each.display_status).join()}`,
    );
  const isAsked = tiktok['is_buyer_request_cancel'] === true;
  if (isAsked !== 'TikTokCancelRequestId' in attributesOf(document))
    found.push(`order ${id} shows another request to cancel than TikTok: ${isAsked}`);
  return found;
}

/** What the seller has done in TikTok may be told when the ERP has asked for it in the same moment. */
function timesToTell(
  { display_status: status }: Piece,
  cancelled: readonly Effect[],
): [least: number, most: number] {
  if (status !== 'CANCELLED') return [0, 0];
  const bySeller = cancelled.some(({ via, kind }) => via === 'seller_center' && kind === 'cancelled');
  return bySeller ? [0, 1] : [1, 1];
}

function mayStandAt(status: number, pieces: readonly Piece[], wasTold: boolean): boolean {
  const live = pieces.filter((piece) => piece.display_status !== 'CANCELLED');
  if (live.length === 0) return wasTold ? status === CANCELLED : status < COMPLETE;
  if (live.every((piece) => piece.tracking_number)) return status === COMPLETE;
  return status < COMPLETE;
}

/** Nobody has interfered: then TikTok has cancelled the order, once, because we have asked for it. */
function ownCancellation(
  { world, market }: Facts,
  { PartnerPO: id }: ErpDocument,
  acknowledgement: ErpDocument | undefined,
): string[] {
  if (!acknowledgement) return [`the cancellation of order ${id} is gone`];
  const { StatusCode } = acknowledgement;
  if (market.disturbed.has(id)) {
    return [COMPLETE, FAILED].includes(StatusCode)
      ? []
      : [`the cancellation of order ${id} is ${StatusCode}`];
  }
  const effects = world.simulator.control
    .effects({ order: id, via: 'api' })
    .filter(({ kind }) => isCancel(kind));
  return StatusCode === COMPLETE && effects.length === 1
    ? []
    : [`the cancellation of order ${id} is ${StatusCode} and had ${effects.length} effects`];
}

/** One cancellation of TikTok's, one document. */
function severalFor(acknowledgements: readonly ErpDocument[]): string[] {
  const numbers = acknowledgements.map(
    (each) => `${each.PartnerPO} ${String(each['AcknowledgementNumber'])}`,
  );
  return numbers
    .filter((number, index) => numbers.indexOf(number) !== index)
    .map((number) => `several acknowledgements for ${number}`);
}

async function returnsAgainstTikTok({ simulator }: ServiceWorld, erp: Erp): Promise<string[]> {
  const { control } = simulator;
  const documents = await erp.list('Returns');
  const shown = new Map(control.returns({ limit: 100_000 }).map((each) => [each.return_id, each]));
  const numbers = documents.map((each) => String(each['ReturnNumber']));
  const found = numbers
    .filter((number, index) => numbers.indexOf(number) !== index)
    .map((number) => `return ${number} has several documents`);
  for (const document of documents) {
    const number = String(document['ReturnNumber']);
    const status = shown.get(number)?.return_status ?? 'unknown';
    if (document.StatusCode !== returnStatuses[status])
      found.push(`return ${number} is at ${document.StatusCode}, TikTok has ${status}`);
  }
  const decisions = control
    .effects({ via: 'api' })
    .filter(({ kind }) => kind.startsWith('return'))
    .map(({ caseId, decision }) => `${caseId} ${decision}`);
  for (const each of decisions.filter((name, index) => decisions.indexOf(name) !== index))
    found.push(`return ${each} was answered twice`);
  return found;
}

/** A document that tells of cancelled pieces: one of TikTok's, or one of ours that TikTok has confirmed. */
function tells(acknowledgement: ErpDocument): boolean {
  if ('TikTokCancelledBy' in attributesOf(acknowledgement)) return true;
  return acknowledgement.StatusCode === COMPLETE && acknowledgement['Type'] === 2;
}

function unitIdsOfAcknowledgement(acknowledgement: ErpDocument): string[] {
  const lines = acknowledgement['AckLines'] as ErpDocument['OrderLines'];
  return unitIdsOf({ ...acknowledgement, OrderLines: lines });
}

function piecesOf(order: OrderView): Piece[] {
  return order['line_items'] as Piece[];
}

function isCancel(kind: string): boolean {
  return kind === 'cancelled' || kind === 'cancel_approved';
}
