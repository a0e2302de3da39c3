import { Type } from 'typebox';

import { ActSpec } from './act-spec.js';
import { doc, failures, type ControlServer } from './control-route.js';
import * as schema from './control-schema.js';
import type { SimulatorControl } from './control.js';
import { NewOrder, OrderPatch } from './order-schema.js';

export function registerOrderRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/orders',
    {
      schema: doc('orders', 'listOrders', 'Orders, oldest first', {
        querystring: schema.OrderQuery,
        response: { 200: Type.Array(schema.Order), ...failures },
      }),
    },
    (request) => control.orders(request.query),
  );
  server.get(
    '/orders/:id',
    {
      schema: doc('orders', 'getOrder', 'One order', {
        params: schema.IdParams,
        response: { 200: schema.Order, ...failures },
      }),
    },
    (request) => control.order(request.params.id),
  );
  server.post(
    '/shops/:id/orders',
    {
      schema: doc('orders', 'addOrder', 'A buyer places an order', {
        params: schema.IdParams,
        body: NewOrder,
        response: { 200: schema.Order, ...failures },
      }),
    },
    (request) => control.addOrder(request.params.id, request.body),
  );
  server.post(
    '/shops/:id/orders/generate',
    {
      schema: doc('orders', 'generateOrders', 'Many like orders at once', {
        params: schema.IdParams,
        body: schema.Generate,
        response: { 200: schema.Generated, ...failures },
      }),
    },
    (request) => control.generate(request.params.id, request.body),
  );
  server.patch(
    '/orders/:id',
    {
      schema: doc(
        'orders',
        'patchOrder',
        'New address, message, note, need of an invoice; not in the list, or late in it',
        {
          params: schema.IdParams,
          body: OrderPatch,
          response: { 200: schema.Order, ...failures },
        },
      ),
    },
    (request) => control.patchOrder(request.params.id, request.body),
  );
  server.post(
    '/orders/:id/acts',
    {
      schema: doc(
        'orders',
        'actOnOrder',
        'What buyer, seller, platform or carrier does; the verbs may have their s or not (seller_ship, seller_ships)',
        {
          params: schema.IdParams,
          body: ActSpec,
          response: { 200: schema.Order, ...failures },
        },
      ),
    },
    (request) => control.act(request.params.id, request.body),
  );
  server.get(
    '/cancellations',
    {
      schema: doc('orders', 'listCancellations', 'Cancellations and requests for them, oldest first', {
        querystring: schema.CaseQuery,
        response: { 200: Type.Array(schema.Cancellation), ...failures },
      }),
    },
    (request) => control.cancellations(request.query),
  );
  server.get(
    '/returns',
    {
      schema: doc('orders', 'listReturns', 'Returns, refunds and replacements, oldest first', {
        querystring: schema.CaseQuery,
        response: { 200: Type.Array(schema.Return), ...failures },
      }),
    },
    (request) => control.returns(request.query),
  );
}
