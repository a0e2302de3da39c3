import { productFlows } from '../../src/compose/product-flows.js';
import type { Actor } from '../../src/companies/actor.js';
import type { Test } from 'tap';
import { ensureFlows } from '../../src/sync/flows/flows.js';
import type { FlowEvent } from '../../src/sync/flows/run-flow.js';
import type { Database, DatabaseOptions, Tx } from '../../src/store/database.js';
import { testDatabase } from '../support/database.js';
import { recordingLog } from '../support/logs.js';

/** A company with connections in a database of its own, a clock that only moves by hand, and what was logged. */
export interface World {
  db: Database;
  clock: { now(): Date; at: Date; pass(ms: number): void };
  log: ReturnType<typeof recordingLog>;
  events: FlowEvent[];
  recordEvents(tx: Tx, by: Actor, events: FlowEvent[]): Promise<void>;
  companyId: number;
  /** An active connection with its flows; answers the connection's id and its pull-orders flow. */
  connect(status?: string): Promise<{ connectionId: number; flowId: bigint }>;
}

export async function world(t: Test, options: Partial<DatabaseOptions> = {}): Promise<World> {
  const db = await testDatabase(t, options);
  const company = await db.prisma.company.create({ data: { name: 'Test company' } });
  const clock = {
    at: new Date('2026-11-23T12:00:00Z'),
    now: () => clock.at,
    pass: (ms: number) => (clock.at = new Date(clock.at.getTime() + ms)),
  };
  const events: FlowEvent[] = [];
  return {
    db,
    clock,
    log: recordingLog(),
    events,
    recordEvents: async (_tx, _by, added) => void events.push(...added),
    companyId: company.id,
    async connect(status = 'active') {
      const connection = await db.prisma.connection.create({
        data: { companyId: company.id, name: 'Test shop', environment: 'simulator', status },
      });
      await ensureFlows(db.prisma, { flows: productFlows, connectionId: connection.id, now: clock.now() });
      // One flow is enough here, however many the product has.
      const others = { connectionId: connection.id, name: { not: 'pull-orders' } };
      await db.prisma.flow.deleteMany({ where: others });
      const flow = await db.prisma.flow.findFirstOrThrow({ where: { connectionId: connection.id } });
      return { connectionId: connection.id, flowId: flow.id };
    },
  };
}
