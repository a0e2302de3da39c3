import { randomUUID } from 'node:crypto';
import { eventTypes } from '../../documents/event-types.js';
import { AppError } from '../../kernel/errors.js';
import { typesOf } from '../changes/topics.js';
import { callReceiver, type CallOutcome } from './call-receiver.js';
import {
  ALL_TOPICS,
  getWebhook,
  readSecret,
  type WebhookChange,
  type WebhookDeps,
} from './manage-webhooks.js';
import { messageBody } from './message-body.js';

/**
 * Sends a message at once that is like others in all but its id, which begins with `msg_test_`, and of no effect on what is to be sent.
 * @param documentKey what it says that it is about; left out: nothing that there is
 */
type TestWebhook = (
  change: WebhookChange & { id: number; documentKey?: number },
) => Promise<CallOutcome & { durationMs: number }>;

/** One test of a company at a time: each may hold a connection for as long as a receiver is slow. */
export function createTestWebhook(deps: WebhookDeps): TestWebhook {
  const testing = new Set<number>();
  return async (change) => {
    const { companyId } = change;
    if (testing.has(companyId)) throw new AppError('conflict', 'Another test is under way.');
    testing.add(companyId);
    try {
      return await sendTest(deps, change);
    } finally {
      testing.delete(companyId);
    }
  };
}

async function sendTest(
  deps: WebhookDeps,
  { companyId, by, id, documentKey }: Parameters<TestWebhook>[0],
): Promise<CallOutcome & { durationMs: number }> {
  const { db, clock, door } = deps;
  const webhook = await getWebhook(db.prisma, { companyId, id });
  const document =
    documentKey === undefined
      ? null
      : await db.prisma.document.findFirst({
          where: { companyId, key: documentKey },
          select: { key: true, type: true, linkKey: true },
        });
  if (documentKey !== undefined && !document)
    throw new AppError('not-found', 'There is no such document.', {
      details: [{ field: 'LogicbrokerKey', message: 'is not known' }],
    });
  const { secrets } = await readSecret(deps, { companyId, by, id });
  if (secrets.length === 0)
    throw new AppError('rule-violated', 'The webhook has no secret any more.', {
      details: [
        { message: 'it cannot be signed', next: `Rotate it first: POST Webhooks/${id}/RotateSecret` },
      ],
    });
  const at = clock.now();
  const began = performance.now();
  const body = messageBody({
    ...sample,
    createdAt: at,
    typeId: webhook.topic === ALL_TOPICS ? sample.typeId : (typesOf(webhook.topic)[0] ?? sample.typeId),
    documentKey: document?.key ?? null,
    documentType: document?.type ?? null,
    linkKey: document?.linkKey ?? null,
  });
  const call = { address: webhook.address, secrets, id: `msg_test_${randomUUID()}`, at, body };
  const outcome = await callReceiver(door, call);
  return { ...outcome, durationMs: Math.round(performance.now() - began) };
}

const sample = {
  id: 0,
  typeId: eventTypes['order-created'].id,
  level: 'Info',
  position: 0n,
};
