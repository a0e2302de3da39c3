import fc from 'fast-check';
import t from 'tap';
import { shopifyAmounts } from '../../src/channels/shopify/shopify-amounts.js';
import { noAmounts } from '../../src/domain/order-amounts.js';
import { createOrderIn } from '../../src/doubles/shopify/shopify-order-create.js';
import { amountOf, emptyStore } from '../../src/doubles/shopify/shopify-state.js';

const cents = (most: number) => fc.integer({ min: 0, max: most }).map((value) => (value / 100).toFixed(2));

const anyOrder = fc.record({
  lines: fc.array(
    fc.record({ original: cents(20_000), off: cents(5_000), quantity: fc.integer({ min: 1, max: 9 }) }),
    { minLength: 1, maxLength: 5 },
  ),
  shippingFee: cents(2_000),
  tax: cents(3_000),
  buyerServiceFee: fc.option(cents(300)),
  paymentPlatformDiscount: fc.option(cents(1_000)),
  /** What TikTok's total holds besides everything that anybody knows. */
  unknown: fc.integer({ min: -300, max: 300 }),
});

await t.test('whatever TikTok’s total is made of, Shopify adds up the same, to the cent', async (t) => {
  fc.assert(
    fc.property(anyOrder, ({ lines, unknown, ...fees }) => {
      const counted = lines.map(({ original, off, quantity }, at) => ({
        line: {
          lineNumber: String(at + 1),
          originalPrice: original,
          salePrice: Math.max(0, Number(original) - Number(off)).toFixed(2),
        },
        quantity,
      }));
      const sold = counted.reduce((sum, { line, quantity }) => sum + Number(line.salePrice) * quantity, 0);
      const paid = Number(fees.shippingFee) + Number(fees.tax) + Number(fees.buyerServiceFee ?? 0);
      const whole = sold + paid - Number(fees.paymentPlatformDiscount ?? 0) + unknown / 100;
      // Nobody pays less than the tax.
      const total = Math.max(Number(fees.tax), whole).toFixed(2);
      const amounts = shopifyAmounts({ ...noAmounts, ...fees, total }, counted, 'USD');
      const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'USD' } });
      const order = createOrderIn(
        emptyStore({ domain: 'a.myshopify.com' }),
        {
          lineItems: counted.map(({ line: { lineNumber }, quantity }) => ({
            title: lineNumber,
            quantity,
            priceSet: money(amounts.prices.get(lineNumber) ?? '0'),
          })),
          shippingLines: amounts.shipping.map(({ title, amount }) => ({ title, priceSet: money(amount) })),
          taxLines: [{ title: 'Tax', rate: '0', priceSet: money(amounts.tax) }],
          discountCode: { itemFixedDiscountCode: { code: 'X', amountSet: money(amounts.discount) } },
        },
        'BYPASS',
      );
      if ('refused' in order) throw new Error(JSON.stringify(order.refused));
      return (
        amountOf(order.total) === total && amounts.shipping.every(({ amount }) => !amount.startsWith('-'))
      );
    }),
    { numRuns: 2_000 },
  );
  t.pass('2,000 orders');
});

await t.test('without TikTok’s total the parts are the total, and yen have no cents', (t) => {
  const line = { lineNumber: '1', originalPrice: '1500', salePrice: '1200' };
  const fees = { ...noAmounts, shippingFee: '300' };
  const { discount, total, prices } = shopifyAmounts(fees, [{ line, quantity: 2 }], 'JPY');
  t.same({ discount, total, price: prices.get('1') }, { discount: '600', total: '2700', price: '1500' });
  t.end();
});
