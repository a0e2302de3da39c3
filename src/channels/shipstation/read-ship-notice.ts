import { readXmlTree, type XmlNode } from '../../codecs/xml-tree.js';
import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import { readUsTime } from './us-dates.js';

/** What ShipStation tells of a label (Custom Store: shipnotify). */
export interface ShipNotice {
  orderNumber: string;
  /** Our key of the order, as it was exported; null where ShipStation leaves it out. */
  orderId: string | null;
  trackingNumber: string | null;
  carrier: string | null;
  service: string | null;
  shippedAt: Date | null;
  /** Empty: all that is left of the order. */
  items: NoticeItem[];
}

export interface NoticeItem {
  /** Our line number, as it was exported. */
  lineItemId: string | null;
  sku: string | null;
  quantity: number;
}

const MOST_ITEMS = 1_000;
const MOST_PIECES = 100_000;
const LONGEST = 200;

/**
 * Reads a notice from the address and the body of a call. The body is the fuller one; clients without a body are understood.
 * @param query names in lower case
 * @throws AppError invalid-document
 */
export function readShipNotice(query: ReadonlyMap<string, string>, body: Buffer): ShipNotice {
  const root = body.length === 0 ? null : readXmlTree(body);
  if (root && root.name.toLowerCase() !== 'shipnotice') {
    throw invalid([{ message: `the document is ${root.name.slice(0, 40)}, not ShipNotice` }]);
  }
  const said = (name: string): string | null => {
    const text = root ? textIn(root, name) : null;
    return text ?? clean(query.get(QUERY_NAMES[name] ?? ''));
  };
  const orderNumber = clean(query.get('order_number')) ?? said('OrderNumber');
  const problems: ErrorDetail[] = [];
  const items = root ? itemsOf(root, problems) : [];
  const orderId = said('OrderID');
  if (orderNumber === null && orderId === null)
    problems.push({ field: 'OrderNumber', message: 'required: the order that was shipped' });
  if (problems.length > 0) throw invalid(problems);
  const day = said('LabelCreateDate') ?? said('ShipDate');
  return {
    orderNumber: orderNumber ?? '',
    orderId,
    trackingNumber: said('TrackingNumber'),
    carrier: said('Carrier'),
    service: said('Service'),
    shippedAt: day === null ? null : (readUsTime(day)?.at ?? null),
    items,
  };
}

const QUERY_NAMES: Readonly<Record<string, string>> = {
  OrderNumber: 'order_number',
  Carrier: 'carrier',
  Service: 'service',
  TrackingNumber: 'tracking_number',
};

function itemsOf(root: XmlNode, problems: ErrorDetail[]): NoticeItem[] {
  const found = childrenOf(childOf(root, 'items'), 'item');
  if (found.length > MOST_ITEMS) throw invalid([{ field: 'Items', message: `are more than ${MOST_ITEMS}` }]);
  return found.flatMap((node, index): NoticeItem[] => {
    const field = `Items/Item[${index + 1}]`;
    const [lineItemId, sku] = [textIn(node, 'LineItemID'), textIn(node, 'SKU')];
    const said = textIn(node, 'Quantity');
    const quantity = said !== null && /^\d{1,6}(?:\.0{1,6})?$/.test(said) ? Number(said) : null;
    if (quantity === null || quantity > MOST_PIECES) {
      problems.push({ field: `${field}/Quantity`, message: 'must be a whole number of pieces' });
      return [];
    }
    if (quantity === 0) return [];
    if (lineItemId === null && sku === null) {
      problems.push({ field: `${field}/SKU`, message: 'required: which item was shipped' });
      return [];
    }
    return [{ lineItemId, sku, quantity }];
  });
}

function childrenOf(node: XmlNode | undefined, name: string): XmlNode[] {
  return (node?.children ?? []).filter((child) => child.name.toLowerCase() === name);
}

function childOf(node: XmlNode, name: string): XmlNode | undefined {
  return childrenOf(node, name)[0];
}

function textIn(node: XmlNode, name: string): string | null {
  return clean(childOf(node, name.toLowerCase())?.text);
}

function clean(text: string | undefined): string | null {
  const trimmed = text?.trim().slice(0, LONGEST) ?? '';
  return trimmed === '' ? null : trimmed;
}

function invalid(details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', 'The ship notice cannot be read.', { details });
}
