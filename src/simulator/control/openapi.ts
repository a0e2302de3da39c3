import fastify from 'fastify';

import { rateLimitDefaults, RateLimiter } from '../gateway/rate-limit.js';
import { openStateFile } from '../state/state-file.js';
import { registerControl } from './control-routes.js';
import { createControl } from './control.js';
import { FaultBox } from './faults.js';
import { ScheduleBox } from './schedule.js';
import { RequestLog } from './request-log.js';

/** The OpenAPI document of the control API, made from the very routes that a simulator serves. */
export async function simulatorOpenApi(): Promise<object> {
  const server = fastify();
  const state = await openStateFile({ seed: 'empty' });
  const control = createControl({
    state,
    faults: new FaultBox(),
    schedule: new ScheduleBox(),
    requests: new RequestLog(),
    limiter: new RateLimiter(rateLimitDefaults),
    // Nobody is sent anything here.
    courier: { deliver: () => Promise.resolve(), close: () => Promise.resolve() },
  });
  let document: object = {};
  await server.register(
    async (scope) => {
      await registerControl(scope, { control, exposed: false });
      scope.addHook('onReady', async () => {
        document = scope.swagger();
      });
    },
    { prefix: '/_control' },
  );
  await server.ready();
  await server.close();
  return document;
}
