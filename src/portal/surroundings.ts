import type { FastifyInstance } from 'fastify';
import { createMemory } from '../kernel/memory.js';
import { SECOND_MS } from '../kernel/time.js';
import type { Surroundings } from './layout.js';
import type { PortalDeps } from './portal-deps.js';
import { reachOf } from './reach.js';
import { countForMenu } from './reports/menu-report.js';
import { actorOf } from './session-guard.js';

type Known = Pick<Surroundings, 'counts' | 'isSimulator' | 'companyName'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** What the frame of the page shows; null on requests of nobody. */
    surroundings: Known | null;
  }
}

const KEEP_MS = 5 * SECOND_MS;

/** Counts what the menu shows, for whoever is logged in. Kept for seconds, and counted anew once somebody has sent a form. */
export function registerSurroundings(app: FastifyInstance, deps: PortalDeps): void {
  const memory = createMemory<Known>({ keepMs: KEEP_MS, most: 1_000, clock: deps.clock });
  const names = new Set<string>();
  app.decorateRequest('surroundings', null);

  app.addHook('preHandler', async (request) => {
    const { operatorSession } = request;
    if (!operatorSession || request.method !== 'GET' || request.url.startsWith('/portal/')) return;
    const by = actorOf(request);
    const name = JSON.stringify(by.companies);
    names.add(name);
    request.surroundings = memory.get(name) ?? null;
    if (request.surroundings) return;
    const { prisma } = deps.db;
    const reach = await reachOf(prisma, by);
    const [only] = reach.companies;
    request.surroundings = {
      counts: await countForMenu(prisma, reach.companyIds, deps.clock.now()),
      isSimulator: reach.connections.some(({ environment }) => environment === 'simulator'),
      companyName: only && reach.companies.length === 1 ? only.name : null,
    };
    memory.set(name, request.surroundings);
  });

  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') for (const name of names) memory.delete(name);
    return payload;
  });
}
