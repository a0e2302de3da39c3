import { SaxesParser } from 'saxes';

/** An order of an Orders document, as far as a packer needs it. */
export interface XmlOrder {
  id: string;
  number: string;
  status: string;
  lastModified: string;
  customerCode: string;
  /** Of all fields below the order, by path, such as `Customer/ShipTo/City`. */
  fields: Map<string, string>;
  items: XmlItem[];
}

interface XmlItem {
  lineItemId: string;
  sku: string;
  name: string;
  quantity: number;
  unitPrice: string;
  options: Record<string, string>;
}

/** What an order cannot be without. */
const REQUIRED = [
  'OrderNumber',
  'OrderDate',
  'OrderStatus',
  'LastModified',
  'OrderTotal',
  'Customer/CustomerCode',
  'Customer/BillTo/Name',
  'Customer/ShipTo/Name',
  'Customer/ShipTo/Address1',
  'Customer/ShipTo/City',
  'Customer/ShipTo/PostalCode',
  'Customer/ShipTo/Country',
];

interface Element {
  name: string;
  text: string;
  children: Element[];
}

/** @throws Error for what ShipStation would not import: then nothing of the page is */
export function readOrdersXml(text: string): { pages: number; orders: XmlOrder[] } {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let root: Element | undefined;
  let pages = 1;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, text: '', children: [] };
    if (!root) pages = Number((attributes as Record<string, string>)['pages'] ?? 1);
    root ??= element;
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const add = (part: string): void => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  if (root?.name !== 'Orders') throw new Error(`The document is ${root?.name}, not Orders`);
  return { pages, orders: root.children.map(orderOf) };
}

function orderOf(element: Element): XmlOrder {
  const fields = new Map<string, string>();
  collect(element, '', fields);
  const missing = REQUIRED.filter((name) => (fields.get(name) ?? '').trim() === '');
  if (missing.length > 0) throw new Error(`An order has no ${missing.join(', ')}`);
  if (fields.get('Customer/ShipTo/Country')?.length !== 2) throw new Error('A country has two letters');
  const items = element.children.find(({ name }) => name === 'Items')?.children ?? [];
  return {
    id: fields.get('OrderID') ?? '',
    number: fields.get('OrderNumber') ?? '',
    status: fields.get('OrderStatus') ?? '',
    lastModified: fields.get('LastModified') ?? '',
    customerCode: fields.get('Customer/CustomerCode') ?? '',
    fields,
    items: items.map(itemOf),
  };
}

function itemOf(element: Element): XmlItem {
  const said = (name: string): string => element.children.find((child) => child.name === name)?.text ?? '';
  const options = element.children.find(({ name }) => name === 'Options')?.children ?? [];
  const [sku, quantity] = [said('SKU'), Number(said('Quantity'))];
  if (sku === '' || !Number.isInteger(quantity)) throw new Error('An item has no SKU or no quantity');
  return {
    lineItemId: said('LineItemID'),
    sku,
    name: said('Name'),
    quantity,
    unitPrice: said('UnitPrice'),
    options: Object.fromEntries(
      options.map(({ children }) => {
        const part = (name: string): string => children.find((child) => child.name === name)?.text ?? '';
        return [part('Name'), part('Value')];
      }),
    ),
  };
}

function collect(element: Element, path: string, into: Map<string, string>): void {
  for (const child of element.children) {
    if (child.name === 'Items') continue;
    const place = path === '' ? child.name : `${path}/${child.name}`;
    if (child.children.length === 0) into.set(place, child.text);
    else collect(child, place, into);
  }
}
