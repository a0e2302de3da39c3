import type { Order, StoreState } from './shopify-state.js';

/** `orderCreate` as Shopify's documents have it: what is refused, what is added up, and what happens to the stock. */

interface MoneyBag {
  shopMoney: { amount: string | number; currencyCode: string };
}

interface TaxLine {
  title: string;
  rate: string | number;
  priceSet?: MoneyBag | null;
}

interface LineInput {
  variantId?: string | null;
  title?: string | null;
  sku?: string | null;
  quantity: number;
  requiresShipping?: boolean | null;
  priceSet?: MoneyBag | null;
  taxLines?: TaxLine[] | null;
  properties?: { name: string; value: string }[] | null;
}

export interface OrderInput {
  name?: string | null;
  sourceIdentifier?: string | null;
  poNumber?: string | null;
  note?: string | null;
  email?: string | null;
  tags?: string[] | null;
  currency?: string | null;
  customAttributes?: { key: string; value: string }[] | null;
  shippingAddress?: Record<string, string> | null;
  lineItems?: LineInput[] | null;
  shippingLines?: { title: string; priceSet: MoneyBag; taxLines?: TaxLine[] | null }[] | null;
  taxLines?: TaxLine[] | null;
  discountCode?: { itemFixedDiscountCode?: { code: string; amountSet?: MoneyBag | null } | null } | null;
  transactions?: { amountSet: MoneyBag; kind?: string | null; status?: string | null }[] | null;
}

interface Refusal {
  code: string;
  field: string[];
  message: string;
}

type Behaviour = 'BYPASS' | 'DECREMENT_IGNORING_POLICY' | 'DECREMENT_OBEYING_POLICY';

/** @returns the order, which is in the store, or what is wrong with it; nothing has changed then */
export function createOrderIn(
  state: StoreState,
  input: OrderInput,
  behaviour: Behaviour,
): Order | { refused: Refusal[] } {
  const lines = input.lineItems ?? [];
  const refused = problemsOf(state, input, lines, behaviour);
  if (refused.length > 0) return { refused };
  const now = state.now();
  const lineItems = lines.map((line) => {
    const variant = state.variants.find(({ id }) => id === line.variantId) ?? null;
    if (variant && behaviour !== 'BYPASS') {
      const left = variant.available.get(state.location) ?? 0;
      variant.available.set(state.location, left - line.quantity);
    }
    return {
      id: state.nextId('LineItem'),
      variant,
      sku: line.sku ?? variant?.sku ?? null,
      title: line.title ?? variant?.product.title ?? '',
      quantity: line.quantity,
      open: line.quantity,
      requiresShipping: line.requiresShipping ?? false,
      customAttributes: (line.properties ?? []).map(({ name, value }) => ({ key: name, value })),
    };
  });
  const discount = cents(input.discountCode?.itemFixedDiscountCode?.amountSet);
  const gross = sum(lines.map((line) => cents(line.priceSet) * BigInt(line.quantity)));
  const taxed = [...lines, ...(input.shippingLines ?? []), input];
  const tax = sum(taxed.flatMap(({ taxLines }) => (taxLines ?? []).map(({ priceSet }) => cents(priceSet))));
  const shipping = sum((input.shippingLines ?? []).map(({ priceSet }) => cents(priceSet)));
  const subtotal = gross - (discount > gross ? gross : discount);
  const order: Order = {
    id: state.nextId('Order'),
    name: input.name ?? `#${1001 + state.orders.length}`,
    sourceIdentifier: input.sourceIdentifier ?? null,
    poNumber: input.poNumber ?? null,
    note: input.note ?? null,
    email: input.email ?? null,
    tags: input.tags ?? [],
    customAttributes: input.customAttributes ?? [],
    shippingAddress: input.shippingAddress ?? null,
    currency: input.currency ?? state.currency,
    subtotal,
    discount,
    shipping,
    tax,
    total: subtotal + shipping + tax,
    paid: sum((input.transactions ?? []).map(({ amountSet }) => cents(amountSet))),
    lineItems,
    fulfillments: [],
    cancelledAt: null,
    cancelReason: null,
    createdAt: now,
    updatedAt: now,
  };
  state.orders.push(order);
  return order;
}

function problemsOf(
  state: StoreState,
  { shippingAddress, currency }: OrderInput,
  lines: readonly LineInput[],
  behaviour: Behaviour,
): Refusal[] {
  const found: Refusal[] = [];
  if (lines.length === 0)
    found.push(invalid(['order', 'lineItems'], 'Line items must have at least one line item'));
  if (currency && currency !== state.currency && !/^[A-Z]{3}$/.test(currency))
    found.push(invalid(['order', 'currency'], 'Currency is not valid'));
  const phone = shippingAddress?.['phone'];
  if (phone && !/^[+\d][\d\s().-]{4,}$/.test(phone))
    found.push(invalid(['order', 'shippingAddress', 'phone'], 'Phone is invalid'));
  for (const [at, line] of lines.entries()) {
    const field = ['order', 'lineItems', String(at)];
    const variant = state.variants.find(({ id }) => id === line.variantId);
    if (line.variantId && !variant) found.push(invalid([...field, 'variantId'], 'Variant does not exist'));
    if (!line.variantId && !line.title) found.push(invalid([...field, 'title'], "Title can't be blank"));
    if (line.quantity < 1) found.push(invalid([...field, 'quantity'], 'Quantity must be greater than 0'));
    const left = variant?.available.get(state.location) ?? 0;
    const obeys = behaviour === 'DECREMENT_OBEYING_POLICY' && variant?.inventoryPolicy === 'DENY';
    if (obeys && left < line.quantity)
      found.push({ code: 'INVENTORY_CLAIM_FAILED', field, message: 'Unable to reserve inventory' });
  }
  return found;
}

function invalid(field: string[], message: string): Refusal {
  return { code: 'INVALID', field, message };
}

/** Hundredths; an amount with more digits than the currency has is cut as Shopify rounds it. */
function cents(money: MoneyBag | null | undefined): bigint {
  if (!money) return 0n;
  const [whole = '0', part = ''] = String(money.shopMoney.amount).split('.');
  const value = BigInt(whole.replace('-', '')) * 100n + BigInt(`${part}00`.slice(0, 2));
  return whole.startsWith('-') ? -value : value;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
