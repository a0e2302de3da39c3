import type { InventoryItem, WarehouseStock } from '../domain/stock.js';
import { toIsoSeconds } from '../kernel/time.js';

/** Columns beside SKUs, quantity, price and warehouses, in the order of the contract. */
const detailColumns = [
  'UPC',
  'ManufacturerSKU',
  'MSRP',
  'RetailPrice',
  'MerchantDescription',
  'SupplierDescription',
  'Size',
  'Color',
  'Style',
  'Weight',
  'UOM',
  'Status',
  'VendorNumber',
  'LeadTime',
  'Custom1',
  'Custom2',
  'Custom3',
  'Custom4',
  'Custom5',
];
const NUMBERS = new Set(['MSRP', 'RetailPrice']);

/** The header of a file of items, as an upload takes it again. */
export function itemColumns(warehouses: number): string[] {
  const columns = ['SupplierSKU', 'MerchantSKU', 'MerchantId', 'Quantity', 'Cost'];
  for (let nth = 1; nth <= warehouses; nth++) columns.push(...warehouseNames(nth));
  return [...columns, ...detailColumns, 'LastUpdate'];
}

/** The values of one item under `itemColumns`. */
export function itemRow(item: InventoryItem, warehouses: number): string[] {
  const row = [
    item.supplierSku,
    item.merchantSku ?? '',
    String(item.partnerId),
    String(item.quantity ?? ''),
    item.cost ?? '',
  ];
  const stocks = stocksOf(item);
  for (let index = 0; index < warehouses; index++) {
    const stock = stocks[index];
    row.push(
      stock?.code ?? '',
      String(stock?.quantity ?? ''),
      String(stock?.nextAvailableQuantity ?? ''),
      stock?.nextAvailableDate ?? '',
    );
  }
  for (const name of detailColumns) row.push(item.details?.[name] ?? '');
  return [...row, toIsoSeconds(item.updatedAt)];
}

/** Logicbroker: LBInventoryItem, as JSON text; numbers in their own digits, absent values left out. */
export function renderItem(item: InventoryItem): string {
  const members: string[] = [`"SupplierSKU":${JSON.stringify(item.supplierSku)}`];
  const text = (name: string, value: string | null | undefined): void => {
    if (value) members.push(`"${name}":${JSON.stringify(value)}`);
  };
  const number = (name: string, value: number | string | null | undefined): void => {
    if (value !== null && value !== undefined) members.push(`"${name}":${value}`);
  };
  text('MerchantSKU', item.merchantSku);
  number('SupplierId', item.companyId);
  number('MerchantId', item.partnerId);
  number('Quantity', item.quantity);
  number('Cost', item.cost);
  for (const [index, stock] of stocksOf(item).entries()) {
    const [code, quantity, nextQuantity, nextDate] = warehouseNames(index + 1);
    text(code!, stock.code);
    number(quantity!, stock.quantity);
    number(nextQuantity!, stock.nextAvailableQuantity);
    text(nextDate!, stock.nextAvailableDate);
  }
  for (const name of detailColumns) {
    const value = item.details?.[name];
    if (NUMBERS.has(name)) number(name, plainNumber(value));
    else text(name, value);
  }
  text('LastUpdate', toIsoSeconds(item.updatedAt));
  return `{${members.join(',')}}`;
}

function stocksOf({ warehouse, warehouses, quantity }: InventoryItem): WarehouseStock[] {
  if (warehouses) return warehouses;
  return warehouse !== null && quantity !== null ? [{ code: warehouse, quantity }] : [];
}

function warehouseNames(nth: number): string[] {
  const prefix = nth === 1 ? '' : `Warehouse${nth}`;
  return [
    prefix || 'Warehouse',
    `${prefix || 'Warehouse'}Quantity`,
    `${prefix}NextAvailableQuantity`,
    `${prefix}NextAvailableDate`,
  ];
}

/** JSON knows no leading zeros. */
function plainNumber(value: string | undefined): string | undefined {
  return value?.replace(/^0+(?=\d)/, '');
}
