import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { recordEvents } from '../../src/documents/document-store.js';
import type { EventTypeName } from '../../src/documents/event-types.js';
import { createPublicDoor, type PublicDoorSettings } from '../../src/outbound/public-door.js';
import { createSealer } from '../../src/store/secrets.js';
import type { Database } from '../../src/store/database.js';
import { ensureFlows, type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { createWebhook } from '../../src/webhooks/out/manage-webhooks.js';
import { nextMessageAt } from '../../src/webhooks/out/message-store.js';
import { sendWebhooks } from '../../src/webhooks/out/send-webhooks.js';
import { sendWebhooksFlow, webhookFlows, webhookOf } from '../../src/webhooks/out/webhook-subject.js';
import { erpOf } from '../support/actors.js';
import { createOrderDocuments, createSeller } from '../support/builders.js';
import { silentLog } from '../support/logs.js';

/** A seller with webhooks, and a clock that is moved by hand. */
export async function outWorld(t: Test, db: Database, doorSettings: PublicDoorSettings = {}) {
  const seller = await createSeller(db);
  const { companyId } = seller;
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const sealer = createSealer([{ id: 'test', bytes: randomBytes(32) }]);
  const open = (settings: PublicDoorSettings) => {
    const door = createPublicDoor({ anywhere: ['127.0.0.1'], answerTimeoutMs: 5_000, ...settings });
    t.teardown(() => door.close());
    return door;
  };
  const deps = { db, clock, sealer, door: open(doorSettings) };
  const by = erpOf(companyId);
  const change = { companyId, by };
  const handler = (more: Partial<typeof deps> = {}): Map<string, FlowHandler> =>
    new Map([[sendWebhooksFlow.name, (run) => sendWebhooks({ ...deps, ...more }, run)]]);
  const runDeps = { db, clock, log: silentLog, flows: webhookFlows, recordEvents, handlers: handler() };

  /** As a worker runs it when it is asked to. */
  const run = async (id: number, more: Partial<typeof runDeps> = {}) => {
    await ensureFlows(db.prisma, { subject: webhookOf(id), now: clock.now(), flows: webhookFlows });
    const choice = { companyId, now: clock.now(), subject: webhookOf(id), name: sendWebhooksFlow.name };
    const { flowId } = await requestRun(db.prisma, { ...choice, flows: webhookFlows });
    return runFlow({ ...runDeps, ...more }, flowId);
  };

  return {
    ...deps,
    deps,
    by,
    change,
    companyId,
    seller,
    open,
    advance: (ms: number) => (offsetMs += ms),
    hook: (address: string, topic = 'order', more: object = {}) =>
      createWebhook(deps, change, { Format: 'json', Address: address, Topic: topic, ...more }),
    /** Changes of a document, in one transaction each. */
    async change_(documentKey: number, times = 1, event: EventTypeName = 'order-changed') {
      for (let nth = 0; nth < times; nth++)
        await db.transaction((tx) =>
          recordEvents(tx, by, [{ companyId, documentKey, event, summary: 'Ada of Main Street has moved' }]),
        );
    },
    documents: async (count: number) => (await createOrderDocuments(db, seller, count)).map(({ key }) => key),
    run,
    /** The clock moves to when something may be sent again, and a worker looks. */
    async runWhenDue(id: number) {
      const { pausedUntil } = await db.prisma.webhookSubscription.findUniqueOrThrow({ where: { id } });
      const at = pausedUntil ?? (await nextMessageAt(db.prisma, id)) ?? clock.now();
      offsetMs += Math.max(0, at.getTime() - clock.now().getTime()) + 10;
      return run(id);
    },
    row: (id: number) => db.prisma.webhookSubscription.findUniqueOrThrow({ where: { id } }),
    messages: (webhookId: number) =>
      db.prisma.webhookMessage.findMany({ where: { webhookId }, orderBy: { position: 'asc' } }),
    events: (event: number) => db.prisma.event.findMany({ where: { companyId, typeId: event } }),
  };
}
