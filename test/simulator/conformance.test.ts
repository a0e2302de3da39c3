import t from 'tap';

import { routingTable } from '../../src/simulator/routing-table.js';
import { heldCalls, nonconformities } from './support/conformance.js';

await t.test('every answer of every call is held against a documented shape', (t) => {
  const simulated = routingTable.flatMap(({ method, path, versions }) =>
    versions.map((version) => `${method} ${path.replace('{version}', version).replace(/\{\w+\}/g, '{}')}`),
  );
  t.strictSame(heldCalls.toSorted(), simulated.toSorted());
  t.end();
});

await t.test('a field too many, a wrong type and a foreign value are noticed', (t) => {
  const wrong = (data: object): string[] => nonconformities('POST', '/order/202309/orders/search', data);
  t.strictSame(wrong({ total_count: 1, orders: [{ id: '1', shipping_type: 'SELLER' }] }), []);
  t.strictSame(wrong({ total_count: '1' }), ['data.total_count is no integer']);
  t.strictSame(wrong({ orders: [{ id: '1', colour: 'red' }] }), ['data.orders[].colour is not documented']);
  t.strictSame(wrong({ orders: [{ id: '1', shipping_type: 'PIGEON' }] }), [
    'data.orders[].shipping_type is PIGEON',
  ]);
  t.strictSame(nonconformities('GET', '/order/202309/nothing', {}), [
    'GET /order/202309/nothing has no documented shape',
  ]);
  t.end();
});
