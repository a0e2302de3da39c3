import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import * as schema from './control-schema.js';
import type { SimulatorControl } from './control.js';

export function registerWorldRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/health',
    {
      schema: doc('world', 'getHealth', 'Is it there, and what time is it', {
        response: { 200: schema.Health, ...failures },
      }),
    },
    () => control.health(),
  );
  server.get(
    '/apps',
    {
      schema: doc('world', 'listApps', 'Apps known to Partner Center', {
        response: { 200: Type.Array(schema.App), ...failures },
      }),
    },
    () => control.apps(),
  );
  server.put(
    '/apps',
    {
      schema: doc('world', 'putApp', 'Make or replace an app', {
        body: schema.App,
        response: { 200: schema.App, ...failures },
      }),
    },
    (request) => control.putApp(request.body),
  );
  server.get(
    '/sellers',
    {
      schema: doc('world', 'listSellers', 'Seller accounts', {
        response: { 200: Type.Array(schema.Seller), ...failures },
      }),
    },
    () => control.sellers(),
  );
  server.post(
    '/sellers',
    {
      schema: doc('world', 'addSeller', 'Make a seller account', {
        body: schema.NewSeller,
        response: { 200: schema.Seller, ...failures },
      }),
    },
    (request) => control.addSeller(request.body),
  );
  server.get(
    '/shops',
    {
      schema: doc('world', 'listShops', 'Shops', { response: { 200: Type.Array(schema.Shop), ...failures } }),
    },
    () => control.shops(),
  );
  server.get(
    '/shops/:id',
    {
      schema: doc('world', 'getShop', 'One shop', {
        params: schema.IdParams,
        response: { 200: schema.Shop, ...failures },
      }),
    },
    (request) => control.shop(request.params.id),
  );
  server.post(
    '/shops',
    {
      schema: doc('world', 'addShop', 'Open a shop. Authorizations given before do not cover it', {
        body: schema.NewShop,
        response: { 200: schema.Shop, ...failures },
      }),
    },
    (request) => control.addShop(request.body),
  );
  server.patch(
    '/shops/:id',
    {
      schema: doc('world', 'patchShop', 'Make it a test shop, or an inactive one', {
        params: schema.IdParams,
        body: schema.ShopPatch,
        response: { 200: schema.Shop, ...failures },
      }),
    },
    (request) => control.patchShop(request.params.id, request.body),
  );
  server.get(
    '/clock',
    {
      schema: doc('world', 'getClock', 'The simulated time', {
        response: { 200: schema.Clock, ...failures },
      }),
    },
    () => control.clock(),
  );
  server.put(
    '/clock',
    {
      schema: doc('world', 'setClock', 'Move, freeze or release the time', {
        body: schema.ClockChange,
        response: { 200: schema.Clock, ...failures },
      }),
    },
    (request) => control.setClock(request.body),
  );
  server.get(
    '/behaviour',
    {
      schema: doc('world', 'getBehaviour', 'How open questions are answered', {
        response: { 200: schema.BehaviourPatch, ...failures },
      }),
    },
    () => control.behaviour(),
  );
  server.patch(
    '/behaviour',
    {
      schema: doc('world', 'setBehaviour', 'Answer open questions in another way', {
        body: schema.BehaviourPatch,
        response: { 200: schema.BehaviourPatch, ...failures },
      }),
    },
    (request) => control.setBehaviour(request.body),
  );
  server.get(
    '/rate-limits',
    {
      schema: doc('world', 'getRateLimits', 'Calls allowed per endpoint, app and shop', {
        response: { 200: schema.RateLimits, ...failures },
      }),
    },
    () => control.rateLimits(),
  );
  server.patch(
    '/rate-limits',
    {
      schema: doc('world', 'setRateLimits', 'Change the limits and fill all buckets', {
        body: schema.RateLimitsPatch,
        response: { 200: schema.RateLimits, ...failures },
      }),
    },
    (request) => control.setRateLimits(request.body),
  );
  server.get(
    '/state',
    {
      schema: doc('world', 'getState', 'The whole state', {
        response: { 200: schema.Snapshot, ...failures },
      }),
    },
    () => control.snapshot(),
  );
  server.put(
    '/state',
    {
      bodyLimit: 1024 ** 3,
      schema: doc('world', 'putState', 'Put a state taken before in place', {
        body: schema.Snapshot,
        response: { 200: schema.Nothing, ...failures },
      }),
    },
    (request) => {
      control.restore(request.body);
      return {};
    },
  );
  server.post(
    '/reset',
    {
      schema: doc('world', 'reset', 'Start over: state, faults, log. All tokens are gone', {
        body: schema.ResetBody,
        response: { 200: schema.Nothing, ...failures },
      }),
    },
    (request) => {
      control.reset(request.body.seed);
      return {};
    },
  );
}
