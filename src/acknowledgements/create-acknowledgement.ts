import type { Actor } from '../companies/actor.js';
import { changeStatus } from '../documents/document-store.js';
import { hashOfContent } from '../documents/content-hash.js';
import type { AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { ACKNOWLEDGEMENT_RENDERER_VERSION } from '../logicbroker/map-acknowledgement.js';
import type { DocumentHead } from '../documents/document.js';
import { readAcknowledgement } from '../logicbroker/read-acknowledgement.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { takeOne } from '../orders/take-documents.js';
import { findOrderByDocument } from '../orders/order-store.js';
import { mayBeReplaced } from '../orders/same-number.js';
import type { Sender, SentItem, Taken, TakenKey, Taking } from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { completeAccepted } from './accept-orders.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import {
  insertAcknowledgements,
  replaceAcknowledgement,
  type StoredAcknowledgement,
} from './acknowledgement-store.js';
import { decideAcknowledgement } from './decide-acknowledgement.js';
import { enqueueCancel } from './enqueue-cancel.js';
import { checkForeignNumber } from './own-reference.js';
import { kindOf } from './plan-acknowledgement.js';
import { prepareReasons } from './reason-place.js';
import { acknowledgementText } from './render-acknowledgement-document.js';

interface NewAcknowledgement extends Sender {
  /** A v3 Acknowledgement, parsed so that numbers keep their text. */
  document: JsonObject;
}

export type CreatedAcknowledgement = TakenKey;

/**
 * Takes an acknowledgement from the ERP. Accepting moves the order to Ready to Ship and is told to nobody else; a
 * cancellation is stored and on its way to TikTok, in one transaction.
 * @throws AppError invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export function createAcknowledgement(
  deps: AcknowledgementDeps,
  { companyId, by, document }: NewAcknowledgement,
): Promise<CreatedAcknowledgement> {
  return takeOne(deps, acknowledgementTaking(deps), { companyId, by }, { document });
}

interface Plan {
  plan: AcknowledgementPlan;
  cancelReason: string | null;
}

type TakenAcknowledgement = Taken<AcknowledgementInput, Plan>;

/** How acknowledgements are taken: see `takeAll` in orders/take-documents.ts. */
export function acknowledgementTaking(deps: AcknowledgementDeps): Taking<AcknowledgementInput, Plan> {
  return { ...taking, prepare: (item, findTwin) => prepare(deps, item, findTwin) };
}

/** TikTok's list of reasons is not waited for while an order is locked. */
async function prepare(
  deps: AcknowledgementDeps,
  item: SentItem<AcknowledgementInput>,
  findTwin: () => Promise<DocumentHead | undefined>,
): Promise<SentItem<AcknowledgementInput>> {
  const twin = await findTwin();
  const isKnown = twin && (twin.contentHash === item.hash || !mayBeReplaced(twin));
  if (isKnown || kindOf(item.input) !== 'cancel') return item;
  const { companyId, orderKey: documentKey } = item;
  const record = await findOrderByDocument(deps.db, { companyId, documentKey });
  if (record) await prepareReasons(deps, record, item.input);
  return item;
}

const taking: Omit<Taking<AcknowledgementInput, Plan>, 'prepare'> = {
  type: 'acknowledgement',
  rendererVersion: ACKNOWLEDGEMENT_RENDERER_VERSION,
  numberField: 'AcknowledgementNumber',
  whenTaken: 'Use a new number.',
  isReplaceable: true,
  read(document) {
    const input = readAcknowledgement(document);
    checkForeignNumber(input.acknowledgementNumber);
    return input;
  },
  numberOf: ({ acknowledgementNumber }) => acknowledgementNumber,
  hash: ({ StatusCode: _status, ...content }) => hashOfContent(content),
  decide: (tx, { input }, order) => decideAcknowledgement(tx, order, input),
  // Still untouched by what it does.
  statusOf: () => StatusCode.new,
  text: (taken) => acknowledgementText(taken.head, taken.order.record, rowOf(taken)),
  created: ({ item, plan: { plan } }) => ({
    event: 'acknowledgement-created',
    summary: `Acknowledgement ${item.input.acknowledgementNumber} received (${plan.kind}).`,
  }),
  store,
};

function rowOf({
  item,
  order,
  plan: { plan, cancelReason },
  head,
}: TakenAcknowledgement): StoredAcknowledgement {
  return {
    documentKey: head.key,
    orderId: order.record.id,
    companyId: item.companyId,
    kind: plan.kind,
    state: plan.kind === 'cancel' ? 'pending' : 'done',
    cancelReason,
    cancelId: null,
    unitIds: plan.unitIds,
    input: item.document,
    lines: plan.lines,
  };
}

async function store(tx: Tx, taken: readonly TakenAcknowledgement[], by: Actor): Promise<bigint[]> {
  const [again, fresh] = [
    taken.filter(({ replaces }) => replaces),
    taken.filter(({ replaces }) => !replaces),
  ];
  await insertAcknowledgements(tx, fresh.map(rowOf));
  for (const each of again) await replaceAcknowledgement(tx, rowOf(each));
  const companyId = taken[0]?.item.companyId ?? 0;
  const accepted = taken.flatMap(({ head, order, plan: { plan } }) =>
    plan.kind === 'cancel' ? [] : [{ key: head.key, orderKey: order.orderHead.key, kind: plan.kind }],
  );
  if (accepted.length > 0) await completeAccepted(tx, { companyId, by }, accepted);
  const cancels = taken.filter(({ plan: { plan } }) => plan.kind === 'cancel');
  const keys = cancels.map(({ head }) => head.key);
  await changeStatus(tx, { companyId, keys, type: 'acknowledgement', to: StatusCode.processing, by });
  const wake: bigint[] = [];
  for (const { head, order } of cancels) wake.push(await enqueueCancel(tx, { head, record: order.record }));
  return wake;
}
