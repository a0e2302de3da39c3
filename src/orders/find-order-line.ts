import type { ErrorDetail } from '../kernel/errors.js';
import type { OrderLine, LineName } from '../domain/order.js';

type NamedLine = Pick<OrderLine, 'lineNumber' | 'supplierSku' | 'merchantSku' | 'lateSku'>;

/** By line number, else by SKU; what is named besides must agree. Otherwise a problem is added to the list. */
export function findOrderLine<Line extends NamedLine>(
  lines: readonly Line[],
  line: LineName,
  problems: ErrorDetail[],
): Line | null {
  return line.lineNumber === null
    ? findBySku(lines, line, problems)
    : findByNumber(lines, line, line.lineNumber, problems);
}

function findByNumber<Line extends NamedLine>(
  lines: readonly Line[],
  line: LineName,
  lineNumber: string,
  problems: ErrorDetail[],
): Line | null {
  const found = lines.find((candidate) => candidate.lineNumber === lineNumber.replace(/^0+/, ''));
  if (!found) {
    const known = lines.map((candidate) => candidate.lineNumber).join(', ');
    problems.push({
      field: `${line.path}.LineNumber`,
      message: `the order has no line ${lineNumber}; it has ${known}`,
    });
    return null;
  }
  if (agrees(line, found)) return found;
  problems.push({
    field: skuPath(line),
    message: `line ${lineNumber} of the order is SKU ${found.supplierSku}, not ${line.supplierSku ?? line.merchantSku}`,
  });
  return null;
}

function findBySku<Line extends NamedLine>(
  lines: readonly Line[],
  line: LineName,
  problems: ErrorDetail[],
): Line | null {
  const sku = line.supplierSku ?? line.merchantSku;
  if (sku === null) {
    problems.push({
      field: skuPath(line),
      message: 'required: a line needs a SupplierSKU, a PartnerSKU or a LineNumber',
    });
    return null;
  }
  const found = lines.filter((candidate) => agrees(line, candidate));
  if (found.length === 1) return found[0] ?? null;
  const message =
    found.length === 0
      ? `SKU ${sku} is not on the order; it has ${lines.map((each) => each.supplierSku).join(', ')}`
      : `SKU ${sku} is on lines ${found.map((each) => each.lineNumber).join(' and ')} of the order`;
  problems.push({
    field: skuPath(line),
    message,
    ...(found.length > 1 ? { next: 'Name the line by its LineNumber.' } : {}),
  });
  return null;
}

/** The ERP may send either SKU in either field: without a matching file it knows the merchant SKU only. */
export function agrees(line: LineName, orderLine: NamedLine): boolean {
  const own = [orderLine.supplierSku, orderLine.merchantSku, orderLine.lateSku];
  if (line.supplierSku !== null && !own.includes(line.supplierSku)) return false;
  return line.merchantSku === null || line.merchantSku === orderLine.merchantSku;
}

function skuPath(line: LineName): string {
  const name = line.supplierSku === null && line.merchantSku !== null ? 'PartnerSKU' : 'SupplierSKU';
  return `${line.path}.ItemIdentifier.${name}`;
}
