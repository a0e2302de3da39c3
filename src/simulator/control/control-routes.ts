import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';

import { withKnownActs } from './act-spec.js';
import { registerAuditRoutes } from './audit-routes.js';
import { registerAccessRoutes } from './access-routes.js';
import type { SimulatorControl } from './control.js';
import { ControlError } from './control-error.js';
import { compileValidator } from './control-route.js';
import { registerCoverageRoutes } from './coverage-routes.js';
import { openApiInfo } from './openapi-info.js';
import { registerListingRoutes } from './listing-routes.js';
import { registerOrderRoutes } from './order-routes.js';
import { registerProductRoutes, registerWarehouseRoutes } from './product-routes.js';
import { registerScheduleRoutes } from './schedule-routes.js';
import { registerWatchRoutes } from './watch-routes.js';
import { registerWebhookRoutes } from './webhook-routes.js';
import { registerWorldRoutes } from './world-routes.js';

interface ControlRoutesOptions {
  control: SimulatorControl;
  /** Answers peers that are not on this machine as well. */
  exposed: boolean;
}

/** `/_control`: people, carriers, clock and faults, and what the simulator has seen. Its schemas are its documentation. */
export async function registerControl(parent: FastifyInstance, options: ControlRoutesOptions): Promise<void> {
  const server = parent.withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(compileValidator);
  await server.register(fastifySwagger, { openapi: openApiInfo, stripBasePath: false });
  await server.register(fastifySwaggerUi, { routePrefix: '/docs', indexPrefix: server.prefix });
  server.addHook('onRequest', async (request) => {
    if (!options.exposed && !isLoopback(request.socket.remoteAddress ?? '')) {
      throw new ControlError(404, 'the control API answers this machine only');
    }
  });
  server.addHook('preValidation', async (request) => {
    if (takesActs(request.url)) request.body = withKnownActs(request.body);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : error.message });
  });
  // The gateway takes every path that nobody else has: without this, unknown control calls would look like TikTok's.
  server.all('/*', { schema: { hide: true } }, (_request, reply) =>
    reply.code(404).send({ error: 'no such control call' }),
  );
  registerWorldRoutes(server, options.control);
  registerOrderRoutes(server, options.control);
  registerProductRoutes(server, options.control);
  registerAuditRoutes(server, options.control);
  registerWarehouseRoutes(server, options.control);
  registerListingRoutes(server, options.control);
  registerAccessRoutes(server, options.control);
  registerWatchRoutes(server, options.control);
  registerScheduleRoutes(server, options.control);
  registerWebhookRoutes(server, options.control);
  registerCoverageRoutes(server);
}

/** Calls whose bodies hold acts. */
function takesActs(url: string): boolean {
  return /\/(acts|faults|schedule)$/.test(url.split('?', 1)[0] ?? '');
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
