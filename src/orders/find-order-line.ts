import type { ErrorDetail } from '../kernel/errors.js';
import type { OrderLine, LineName } from '../domain/order.js';
import { skusMeant, type SkuRule } from '../domain/sku.js';

type NamedLine = Pick<OrderLine, 'lineNumber' | 'supplierSku' | 'merchantSku' | 'lateSku'>;

const anyCase: SkuRule = {};

/**
 * By line number, else by SKU; what is named besides must agree. Otherwise a problem is added to the list. Of lines whose
 * SKUs differ in case only the one that is written alike is meant.
 */
export function findOrderLine<Line extends NamedLine>(
  lines: readonly Line[],
  line: LineName,
  problems: ErrorDetail[],
  rule: SkuRule = anyCase,
): Line | null {
  return line.lineNumber === null
    ? findBySku(lines, line, problems, rule)
    : findByNumber(lines, { ...line, lineNumber: line.lineNumber }, problems, rule);
}

function findByNumber<Line extends NamedLine>(
  lines: readonly Line[],
  line: LineName & { lineNumber: string },
  problems: ErrorDetail[],
  rule: SkuRule,
): Line | null {
  const { lineNumber } = line;
  const found = lines.find((candidate) => candidate.lineNumber === lineNumber.replace(/^0+/, ''));
  if (!found) {
    const known = lines.map((candidate) => candidate.lineNumber).join(', ');
    problems.push({
      field: `${line.path}.LineNumber`,
      message: `the order has no line ${lineNumber}; it has ${known}`,
    });
    return null;
  }
  // Another line may be the one that is written so: then number and SKU contradict each other.
  if (linesMeant(lines, line, rule).includes(found)) return found;
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
  rule: SkuRule,
): Line | null {
  const sku = line.supplierSku ?? line.merchantSku;
  if (sku === null) {
    problems.push({
      field: skuPath(line),
      message: 'required: a line needs a SupplierSKU, a PartnerSKU or a LineNumber',
    });
    return null;
  }
  const found = linesMeant(lines, line, rule);
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
export function linesMeant<Line extends NamedLine>(
  lines: readonly Line[],
  { supplierSku, merchantSku }: Pick<LineName, 'supplierSku' | 'merchantSku'>,
  rule: SkuRule = anyCase,
): Line[] {
  const bySupplierSku =
    supplierSku === null
      ? lines
      : skusMeant(supplierSku, lines, (each) => [each.supplierSku, each.merchantSku, each.lateSku], rule);
  return merchantSku === null
    ? [...bySupplierSku]
    : skusMeant(merchantSku, bySupplierSku, (each) => [each.merchantSku], rule);
}

function skuPath(line: LineName): string {
  const name = line.supplierSku === null && line.merchantSku !== null ? 'PartnerSKU' : 'SupplierSKU';
  return `${line.path}.ItemIdentifier.${name}`;
}
