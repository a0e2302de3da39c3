import type { Actor } from '../companies/actor.js';
import { changeStatus } from '../documents/document-store.js';
import { hashOfContent } from '../documents/content-hash.js';
import type { AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { ACKNOWLEDGEMENT_RENDERER_VERSION } from '../logicbroker/map-acknowledgement.js';
import { readAcknowledgement } from '../logicbroker/read-acknowledgement.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { takeOne } from '../orders/take-documents.js';
import { byDocument } from '../orders/render-orders.js';
import { findOrdersByDocuments } from '../orders/order-store.js';
import { mayBeReplaced } from '../orders/same-number.js';
import type { FindTwin, Sender, SentItem, Taken, TakenKey, Taking } from '../orders/taking.js';
import type { Tx } from '../store/database.js';
import { completeAccepted } from './accept-orders.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import {
  insertAcknowledgements,
  replaceAcknowledgement,
  type StoredAcknowledgement,
} from './acknowledgement-store.js';
import {
  decideAcknowledgement,
  readAcknowledgementFacts,
  type AcknowledgementFacts,
} from './decide-acknowledgement.js';
import { enqueueCancels } from './enqueue-cancel.js';
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
export function acknowledgementTaking(
  deps: AcknowledgementDeps,
): Taking<AcknowledgementInput, Plan, AcknowledgementFacts> {
  return { ...taking, prepare: (items, findTwins) => prepare(deps, items, findTwins) };
}

/** TikTok's list of reasons is not waited for while an order is locked. */
async function prepare(
  deps: AcknowledgementDeps,
  items: readonly SentItem<AcknowledgementInput>[],
  findTwins: () => Promise<FindTwin<AcknowledgementInput>>,
): Promise<readonly SentItem<AcknowledgementInput>[]> {
  const twinOf = await findTwins();
  const cancels = items.filter((item) => {
    const twin = twinOf(item);
    const isKnown = twin && (twin.contentHash === item.hash || !mayBeReplaced(twin));
    return !isKnown && kindOf(item.input) === 'cancel';
  });
  const which = {
    companyId: items[0]?.companyId ?? 0,
    documentKeys: cancels.map(({ orderKey }) => orderKey),
  };
  const records = byDocument(await findOrdersByDocuments(deps.db.prisma, which));
  await prepareReasons(
    deps,
    cancels.flatMap(({ orderKey, input }) => {
      const record = records.get(orderKey);
      return record ? [{ input, record }] : [];
    }),
  );
  return items;
}

const taking: Omit<Taking<AcknowledgementInput, Plan, AcknowledgementFacts>, 'prepare'> = {
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
  readFacts: readAcknowledgementFacts,
  decide: decideAcknowledgement,
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
  return enqueueCancels(
    tx,
    cancels.map(({ head, order }) => ({ head, record: order.record })),
  );
}
