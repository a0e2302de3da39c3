import { findOrderKeys, type OrderKeys, type OrderName } from '../documents/find-order-keys.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import type { OrderReference } from '../domain/order.js';

/** What a document says of its order. */
interface NamedOrder {
  /** The order in the path; without it the document names its order. */
  orderKey?: number | undefined;
  reference: OrderReference;
}

/**
 * Finds the orders that documents belong to, in one statement for all of them: the one in the path, else by the link key, else
 * by PartnerPO or SourceKey, which are TikTok's order id. What a document names besides must agree. `noun` says in errors what
 * the documents are.
 * @returns the key of a document's order; it throws AppError not-found for a path that leads nowhere, invalid-document for a
 * reference that does
 */
export async function findOrders(
  tx: Tx,
  { companyId, noun }: { companyId: number; noun: string },
  named: readonly NamedOrder[],
): Promise<(order: NamedOrder) => number> {
  const names = named.flatMap(({ orderKey, reference }) => [
    ...(orderKey === undefined ? [] : [{ key: orderKey }]),
    ...namesIn(reference, orderKey !== undefined).map(({ name }) => name),
  ]);
  const keysOf = await findOrderKeys(tx, companyId, names);
  return (order) => agreedKey(keysOf, noun, order);
}

function agreedKey(keysOf: OrderKeys, noun: string, { orderKey, reference }: NamedOrder): number {
  let candidates = orderKey === undefined ? null : keysOf({ key: orderKey });
  if (candidates?.length === 0) throw new AppError('not-found', `There is no order ${orderKey}.`);
  const problems: ErrorDetail[] = [];
  let used = orderKey === undefined ? '' : 'the path';
  for (const { field, value, name } of namesIn(reference, orderKey !== undefined)) {
    const found = keysOf(name);
    const known: readonly number[] | null = candidates;
    const agreed = known === null ? found : found.filter((key) => known.includes(key));
    if (agreed.length === 0)
      problems.push(found.length === 0 ? unknown(field, value) : otherOrder(field, value, known, used));
    else {
      candidates = agreed;
      used = `${field} ${value}`;
    }
  }
  if (problems.length > 0) throw unknownOrder(noun, problems);
  const [only] = candidates ?? [];
  if (only !== undefined && candidates?.length === 1) return only;
  throw unknownOrder(noun, [
    candidates === null
      ? { field: 'PartnerPO', message: `required: the order of the ${noun}` }
      : { field: 'PartnerPO', message: 'names several orders', next: 'Give the LinkKey of the order.' },
  ]);
}

function unknown(field: string, value: string): ErrorDetail {
  return { field, message: `there is no such order: ${value}` };
}

/** It is an order, but not the one that the document names besides. */
function otherOrder(
  field: string,
  value: string,
  known: readonly number[] | null,
  used: string,
): ErrorDetail {
  return {
    field,
    message: `${value} is another order than the one named besides: ${used} is ${(known ?? []).join(', ')}`,
    next: 'Name one order only: leave one of the two out, or correct it.',
  };
}

interface GivenName {
  field: string;
  value: string;
  name: OrderName;
}

/** The sender's own SourceKey on a document is the order's only where nothing else names it. */
function namesIn({ linkKey, partnerPo, sourceKey }: OrderReference, isKnown: boolean): GivenName[] {
  const names: GivenName[] = [];
  if (linkKey !== null) names.push({ field: 'Identifier.LinkKey', value: linkKey, name: { linkKey } });
  if (partnerPo !== null) names.push({ field: 'PartnerPO', value: partnerPo, name: { partnerPo } });
  if (names.length === 0 && !isKnown && sourceKey !== null) {
    names.push({ field: 'Identifier.SourceKey', value: sourceKey, name: { sourceKey } });
  }
  return names;
}

function unknownOrder(noun: string, details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', `The order of the ${noun} cannot be found.`, { details });
}
