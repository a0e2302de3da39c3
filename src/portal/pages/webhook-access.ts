import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayReach } from '../../companies/permissions.js';
import { AppError } from '../../kernel/errors.js';
import type { WebhookBody } from '../../logicbroker/webhook-schema.js';
import { readSecret, type WebhookChange } from '../../webhooks/out/manage-webhooks.js';
import { findWebhook, type Webhook } from '../../webhooks/out/webhook-store.js';
import { readId } from '../forms.js';
import type { PortalDeps } from '../portal-deps.js';
import { actorOf } from '../session-guard.js';
import { keepForNextPage } from '../shown-once.js';

/** Another company's is not there. @throws AppError not-found */
export async function webhookInPath({ db }: PortalDeps, request: FastifyRequest): Promise<Webhook> {
  const webhook = await findWebhook(db.prisma, { id: readId(request.params) });
  if (webhook && mayReach(actorOf(request), webhook.companyId)) return webhook;
  throw new AppError('not-found', 'There is no such webhook.');
}

/** The form as the API's body. */
export function bodyIn(read: (name: string) => string): WebhookBody {
  const secret = read('SharedSecret');
  return {
    Format: 'json',
    Address: read('Address'),
    Topic: read('Topic'),
    ...(secret !== '' && { SharedSecret: secret }),
  };
}

/** The secret is shown by the next page, once. */
export async function keepSecret(
  deps: PortalDeps,
  reply: FastifyReply,
  change: WebhookChange & { id: number },
): Promise<void> {
  const { secrets } = await readSecret({ ...deps, door: deps.publicDoor }, change);
  await keepForNextPage(deps, reply, { about: secretOf(change.id), text: secrets[0] ?? '' });
}

export function secretOf(id: number): string {
  return `secret of webhook ${id}`;
}

export function testOf(id: number): string {
  return `test of webhook ${id}`;
}
