import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import * as schema from './control-schema.js';
import type { SimulatorControl } from './control.js';
import { FaultSpec } from './fault-spec.js';

export function registerWatchRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/faults',
    {
      schema: doc('watch', 'listFaults', 'Faults that are switched on', {
        querystring: schema.FaultQuery,
        response: { 200: Type.Array(schema.ActiveFault), ...failures },
      }),
    },
    (request) => (request.query.spent === true ? [...control.faults()] : control.liveFaults()),
  );
  server.post(
    '/faults',
    {
      schema: doc('watch', 'addFault', 'Switch a fault on', {
        body: FaultSpec,
        response: { 200: schema.ActiveFault, ...failures },
      }),
    },
    (request) => control.addFault(request.body),
  );
  server.delete(
    '/faults/:id',
    {
      schema: doc('watch', 'removeFault', 'Switch one fault off', {
        params: schema.NumberParams,
        response: { 200: schema.Nothing, ...failures },
      }),
    },
    (request) => {
      control.removeFault(request.params.id);
      return {};
    },
  );
  server.delete(
    '/faults',
    {
      schema: doc('watch', 'clearFaults', 'Switch all faults off', {
        response: { 200: schema.Nothing, ...failures },
      }),
    },
    () => {
      control.clearFaults();
      return {};
    },
  );
  server.get(
    '/requests',
    {
      schema: doc('watch', 'listRequests', 'Calls received, oldest first, without secrets', {
        querystring: schema.RequestQuery,
        response: { 200: Type.Array(schema.LoggedRequest), ...failures },
      }),
    },
    (request) => control.requests(request.query),
  );
  server.delete(
    '/requests',
    {
      schema: doc('watch', 'clearRequests', 'Forget the calls received', {
        response: { 200: schema.Nothing, ...failures },
      }),
    },
    () => {
      control.clearRequests();
      return {};
    },
  );
  server.get(
    '/effects',
    {
      schema: doc(
        'watch',
        'listEffects',
        'What was really done: shipments, corrections, splits, cancellations',
        {
          querystring: schema.EffectQuery,
          response: { 200: Type.Array(schema.Effect), ...failures },
        },
      ),
    },
    (request) => control.effects(request.query),
  );
}
