import type { ActSpec } from '../../../src/simulator/control/act-spec.js';
import type { ShopAccount } from '../../support/connect-shop.js';
import type { ErpAnswer, ErpDocument } from '../../support/erp.js';
import { runTasks } from '../../support/run-tasks.js';
import type { Service } from '../../support/start-service.js';
import { until as untilWithin } from '../../support/waiting.js';

/** The seller with his ERP, and beside it what buyers and TikTok do. */
export interface Desk {
  /** Places orders, one for each list of quantities, and waits until the ERP can read them. */
  orders(account: ShopAccount, ...quantities: number[][]): Promise<ErpDocument[]>;
  /** As it is now. */
  order(order: ErpDocument): Promise<ErpDocument>;
  act(order: ErpDocument, act: ActSpec): void;
  /** @returns the answer to POST Acknowledgements */
  acknowledge(order: ErpDocument, what: Acknowledging): Promise<Created>;
  acknowledgement(key: string): Promise<ErpDocument>;
  /** Acknowledgements of an order, oldest first. */
  acknowledgementsOf(order: ErpDocument): Promise<ErpDocument[]>;
  /** Waits until TikTok has decided. @returns the acknowledgement */
  decided(key: string): Promise<ErpDocument>;
  /** Waits until nothing of an order's is on its way to TikTok. */
  atRest(order: ErpDocument): Promise<void>;
  /** The order is delivered, and its buyer asks to send it back. @returns TikTok's id of the request */
  returned(order: ErpDocument, more?: object): string;
  returnOf(returnId: string): Promise<ErpDocument | undefined>;
  returnAt(returnId: string, status: number): Promise<ErpDocument>;
  /** What the history of a document says. */
  history(document: ErpDocument): Promise<string>;
  /** Cancellations and answers that TikTok has carried out on an order, `by whom: what`, in order. */
  effects(order: ErpDocument): string[];
  status(document: ErpDocument): Promise<{ text: string }>;
}

export interface Acknowledging {
  number: string;
  /** Pieces of each line; all of them when left out. */
  accept?: number[] | 'all';
  cancel?: number[] | 'all';
  reason?: string;
  more?: object;
}

export type Created = ErpAnswer<{ Body: { LogicbrokerKey: string } }>;

const SKUS = ['TEE', 'CAP', 'MUG'];
const MINUTES_BEFORE = 90;

export function deskOf(service: Service): Desk {
  const { erp, simulator } = service;
  const { control } = simulator;
  const desk: Desk = {
    async orders({ shopId }, ...quantities) {
      const ids = quantities.map((counts) => {
        const lines = counts.map((quantity, index) => ({ sellerSku: SKUS[index] ?? '', quantity }));
        return control.addOrder(shopId, { lines, paidMinutesAgo: MINUTES_BEFORE }).id;
      });
      await runTasks(service, 'PullOrders');
      const all = await erp.list('Orders');
      return ids.map((id) => {
        const order = all.find(({ PartnerPO }) => PartnerPO === id);
        if (!order) throw new Error(`order ${id} has not come`);
        return order;
      });
    },
    order: ({ Identifier }) => erp.order(Identifier.LogicbrokerKey),
    act({ PartnerPO }, act) {
      // TikTok's times have whole seconds: what happens within one second of a pull is seen by the pull after the next.
      control.setClock({ advanceSeconds: 2 });
      control.act(PartnerPO, act);
    },
    acknowledge: (order, what) =>
      erp.call('POST', 'Acknowledgements', { body: acknowledgementOf(order, what) }),
    async acknowledgement(key) {
      const found = (await erp.list('Acknowledgements')).find((each) => keyOf(each) === key);
      if (!found) throw new Error(`there is no acknowledgement ${key}`);
      return found;
    },
    acknowledgementsOf: async ({ PartnerPO }) =>
      (await erp.list('Acknowledgements')).filter((each) => each.PartnerPO === PartnerPO),
    async decided(key) {
      await until('the decision of TikTok', async () => (await desk.acknowledgement(key)).StatusCode >= 1000);
      return desk.acknowledgement(key);
    },
    async atRest({ PartnerPO }) {
      await until(`rest of order ${PartnerPO}`, async () => {
        const documents = [...(await erp.list('Shipments')), ...(await erp.list('Acknowledgements'))];
        return documents.every((each) => each.PartnerPO !== PartnerPO || !isOnItsWay(each));
      });
    },
    returned(order, more = {}) {
      desk.act(order, { type: 'seller_ship' });
      desk.act(order, { type: 'carrier_deliver' });
      desk.act(order, { type: 'buyer_opens_return', ...more });
      return control.returns({ order: order.PartnerPO }).at(-1)?.return_id ?? '';
    },
    returnOf: async (returnId) =>
      (await erp.list('Returns')).find((each) => each['ReturnNumber'] === returnId),
    async returnAt(returnId, status) {
      await until(`return ${returnId} at ${status}`, async () => {
        return (await desk.returnOf(returnId))?.StatusCode === status;
      });
      const found = await desk.returnOf(returnId);
      if (!found) throw new Error(`return ${returnId} has gone`);
      return found;
    },
    history: async (document) =>
      (await erp.call('GET', `ActivityEvents?logicbrokerkey=${keyOf(document)}`)).text,
    effects: ({ PartnerPO }) =>
      control
        .effects({ order: PartnerPO })
        .filter(({ kind }) => /cancel|return/.test(kind))
        .map(({ via, kind, decision }) => `${via}: ${decision || kind}`),
    status: (document) => erp.call('GET', `Acknowledgements/${keyOf(document)}/Status`),
  };
  return desk;
}

/** TikTok's own acknowledgements wait for the ERP, not for TikTok. */
function isOnItsWay(document: ErpDocument): boolean {
  return document.StatusCode < 1000 && !('TikTokCancelledBy' in attributesOf(document));
}

export function keyOf({ Identifier }: ErpDocument): string {
  return Identifier.LogicbrokerKey;
}

export function acknowledgementOf(
  { PartnerPO, OrderLines }: ErpDocument,
  { number, accept, cancel, reason, more = {} }: Acknowledging,
): object {
  return {
    AcknowledgementNumber: number,
    PartnerPO,
    ...(reason === undefined ? {} : { ChangeReason: reason }),
    AckLines: OrderLines.map(({ LineNumber, ItemIdentifier, Quantity }, index) => {
      const pieces = (named: number[] | 'all' | undefined) =>
        named === 'all' ? Quantity : (named?.[index] ?? 0);
      return { LineNumber, ItemIdentifier, Quantity: pieces(accept), QuantityCancelled: pieces(cancel) };
    }).filter((line) => line.Quantity + line.QuantityCancelled > 0),
    ...more,
  };
}

/** Extended attributes of a document by name. */
export function attributesOf({ ExtendedAttributes = [] }: ErpDocument): Record<string, string> {
  return Object.fromEntries(ExtendedAttributes.map(({ Name, Value }) => [Name, Value]));
}

/** At the pace of a client, not of a loop. */
export function until(what: string, happened: () => Promise<boolean>): Promise<void> {
  return untilWithin(what, happened, 20_000, 100);
}
