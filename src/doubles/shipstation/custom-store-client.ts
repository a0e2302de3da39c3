import { setTimeout as sleep } from 'node:timers/promises';
import { readOrdersXml, type XmlOrder } from './read-orders-xml.js';

/**
 * A stand-in for ShipStation's side of a Custom Store: it fetches orders by polling, keeps them, makes labels and tells them. Written
 * from ShipStation's guide and from what its plugins are asked, and of nothing of the connector's.
 */

export interface StoreSettings {
  url: string;
  userName: string;
  password: string;
  /** The seller's words, compared letter by letter. */
  statuses?: { awaiting: string[]; onHold: string[]; shipped: string[]; cancelled: string[] };
  /** Each look begins so long before the one before has ended. */
  overlapMs?: number;
  /** Between two tries of a call. */
  retryMs?: number;
  fetch?: typeof fetch;
  now?: () => Date;
}

type PackerState = 'awaiting' | 'on-hold' | 'shipped' | 'cancelled';

/** An order as a packer sees it. */
interface PackerOrder {
  number: string;
  state: PackerState;
  /** What is to be packed still, by LineItemID. */
  open: Map<string, number>;
  xml: XmlOrder;
  /** What is shown in red: the last answer to a label of it that was not taken. */
  error: string | null;
}

interface Label {
  order: string;
  tracking: string;
  carrier: string;
  service: string;
  items: { lineItemId: string; sku: string; name: string; quantity: number }[] | null;
  at: Date;
  isTold: boolean;
}

interface NewLabel {
  tracking: string;
  carrier?: string;
  service?: string;
  /** Pieces by LineItemID; left out: all that is open, and the notice names no items. */
  pieces?: Record<string, number>;
}

const MOST_TRIES = 4;
const DAY_MS = 24 * 60 * 60 * 1_000;
const usual = { awaiting: ['paid'], onHold: ['on_hold'], shipped: ['shipped'], cancelled: ['cancelled'] };

export type ShipStation = ReturnType<typeof createShipStation>;

export function createShipStation(settings: StoreSettings) {
  const { overlapMs = DAY_MS, retryMs = 50, now = () => new Date(), statuses = usual } = settings;
  const send = settings.fetch ?? fetch;
  const orders = new Map<string, PackerOrder>();
  const labels: Label[] = [];
  let lookedAt = new Date(now().getTime() - 30 * DAY_MS);

  async function call(method: string, query: Record<string, string>, body?: string): Promise<Response> {
    const url = new URL(settings.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { userName, password } = settings;
    const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    for (let tries = 1; ; tries++) {
      const answer = await send(url, {
        method,
        headers: { authorization, ...(body !== undefined && { 'content-type': 'application/xml' }) },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(20_000),
      }).catch((error: unknown) => error as Error);
      const isBroken = answer instanceof Error || answer.status >= 500 || answer.status === 429;
      if (!isBroken) return answer;
      if (tries >= MOST_TRIES) {
        if (answer instanceof Error) throw answer;
        return answer;
      }
      await sleep(retryMs * tries);
    }
  }

  /** Reads all pages of what has changed since the look before. One bad order fails the whole look, as it does at ShipStation. */
  async function refresh(): Promise<{ read: number; pages: number }> {
    const end = now();
    const start = new Date(lookedAt.getTime() - overlapMs);
    let pages = 1;
    let read = 0;
    for (let page = 1; page <= pages; page++) {
      const answer = await call('GET', {
        action: 'export',
        start_date: usTime(start),
        end_date: usTime(end),
        page: String(page),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`The store answered ${answer.status}: ${text}`);
      const found = readOrdersXml(text);
      if (page === 1) pages = found.pages;
      for (const order of found.orders) take(order);
      read += found.orders.length;
    }
    lookedAt = end;
    return { read, pages };
  }

  function take(xml: XmlOrder): void {
    const state = stateOf(xml.status);
    const known = orders.get(xml.number);
    // What was shipped here stays so, whatever the store says.
    if (known?.state === 'shipped') return;
    const told = labels.filter(({ order }) => order === xml.number);
    const open = new Map(xml.items.map(({ lineItemId, quantity }) => [lineItemId, quantity]));
    for (const { items } of told)
      for (const { lineItemId, quantity } of items ?? [])
        open.set(lineItemId, Math.max(0, (open.get(lineItemId) ?? 0) - quantity));
    orders.set(xml.number, { number: xml.number, state, open, xml, error: known?.error ?? null });
  }

  function stateOf(word: string): PackerState {
    if (statuses.awaiting.includes(word)) return 'awaiting';
    if (statuses.onHold.includes(word)) return 'on-hold';
    if (statuses.shipped.includes(word)) return 'shipped';
    if (statuses.cancelled.includes(word)) return 'cancelled';
    throw new Error(`The store has no status ${word}`);
  }

  function orderOf(number: string): PackerOrder {
    const order = orders.get(number);
    if (!order) throw new Error(`There is no order ${number}`);
    return order;
  }

  /** Prints a label. @throws Error for an order that is not to be packed */
  function ship(
    number: string,
    { tracking, carrier = 'USPS', service = 'Priority Mail', pieces }: NewLabel,
  ): void {
    const order = orderOf(number);
    if (order.state !== 'awaiting') throw new Error(`Order ${number} is ${order.state}`);
    const items = order.xml.items.flatMap(({ lineItemId, sku, name }) => {
      const quantity = pieces ? (pieces[lineItemId] ?? 0) : (order.open.get(lineItemId) ?? 0);
      return quantity > 0 ? [{ lineItemId, sku, name, quantity }] : [];
    });
    for (const { lineItemId, quantity } of items)
      order.open.set(lineItemId, (order.open.get(lineItemId) ?? 0) - quantity);
    labels.push({
      order: number,
      tracking,
      carrier,
      service,
      items: pieces ? items : null,
      at: now(),
      isTold: false,
    });
    if ([...order.open.values()].every((left) => left <= 0)) order.state = 'shipped';
  }

  /** The order is to be packed again. The store is told nothing (UNCONFIRMED). */
  function voidLabel(tracking: string): void {
    const label = labels.find((each) => each.tracking === tracking);
    if (!label) throw new Error(`There is no label ${tracking}`);
    const order = orderOf(label.order);
    labels.splice(labels.indexOf(label), 1);
    const items = label.items ?? order.xml.items;
    for (const { lineItemId, quantity } of items)
      order.open.set(lineItemId, (order.open.get(lineItemId) ?? 0) + quantity);
    order.state = 'awaiting';
  }

  /** Tells all labels that the store has not taken; what it refuses shows on the order. @returns the answers */
  async function tell(): Promise<{ tracking: string; status: number; text: string }[]> {
    const answers: { tracking: string; status: number; text: string }[] = [];
    for (const label of labels.filter(({ isTold }) => !isTold)) answers.push(await tellOne(label));
    return answers;
  }

  async function tellOne(label: Label): Promise<{ tracking: string; status: number; text: string }> {
    const { order: number, tracking, carrier, service } = label;
    const query = { action: 'shipnotify', order_number: number, carrier, service, tracking_number: tracking };
    const order = orderOf(number);
    const answer = await call('POST', query, noticeXml(label, order.xml));
    const text = await answer.text();
    label.isTold = answer.ok;
    order.error = answer.ok ? null : text;
    return { tracking, status: answer.status, text };
  }

  return {
    orders,
    order: orderOf,
    refresh,
    ship,
    voidLabel,
    tell,
    /** Somebody presses "Resend": told once more, whatever the store has said. */
    resend(tracking: string) {
      const label = labels.find((each) => each.tracking === tracking);
      if (!label) throw new Error(`There is no label ${tracking}`);
      return tellOne(label);
    },
  };
}

function noticeXml({ order, tracking, carrier, service, items, at }: Label, xml: XmlOrder): string {
  const lines = (items ?? []).map(
    ({ lineItemId, sku, name, quantity }) =>
      `<Item><LineItemID>${escaped(lineItemId)}</LineItemID><SKU>${escaped(sku)}</SKU><Name>${escaped(name)}</Name><Quantity>${quantity}</Quantity></Item>`,
  );
  return (
    `<?xml version="1.0" encoding="utf-8"?>\n<ShipNotice><OrderNumber>${escaped(order)}</OrderNumber>` +
    `<OrderID>${escaped(xml.id)}</OrderID><CustomerCode>${escaped(xml.customerCode)}</CustomerCode>` +
    `<LabelCreateDate>${usTime(at)}</LabelCreateDate><ShipDate>${usTime(at).slice(0, 10)}</ShipDate>` +
    `<Carrier>${escaped(carrier)}</Carrier><Service>${escaped(service)}</Service>` +
    `<TrackingNumber>${escaped(tracking)}</TrackingNumber><ShippingCost>4.95</ShippingCost>` +
    `${items === null ? '' : `<Items>${lines.join('')}</Items>`}</ShipNotice>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** `01/23/2026 17:28`, in UTC. */
function usTime(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 16)}`;
}
