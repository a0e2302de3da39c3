import { Type } from 'typebox';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { toIsoSeconds } from '../kernel/time.js';
import {
  AlertRecipientMessage,
  AlertRecipientsMessage,
  AlertsMessage,
  LBAlertRecipient,
} from '../logicbroker/alert-schema.js';
import { Int32Message, StringMessage } from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import { listAlerts, type Alert } from './alert-store.js';
import {
  changeRecipient,
  createRecipient,
  getRecipient,
  removeRecipient,
  type RecipientDeps,
} from './manage-recipients.js';
import { listRecipients, type Recipient } from './recipient-store.js';

const TAG = 'Alerts';
const RECIPIENTS = '/Settings/AlertRecipients';
const RECIPIENT = `${RECIPIENTS}/:RecipientId`;
const MOST_ALERTS = 200;

const anyRecipient = Type.Object({
  RecipientId: Type.Integer({ format: 'int32', minimum: 1, maximum: 2_147_483_647 }),
});
const AlertQuery = Type.Object({
  open: Type.Optional(Type.Boolean({ description: 'Only those that last, or only those that are over.' })),
});

/** What is wrong, and who is told of it: additions, in v3 only. */
export function alertRoutes(api: Api, version: ApiVersion, deps: RecipientDeps): void {
  if (version !== 'v3') return;
  api.get(
    '/Alerts',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getAlerts', TAG, 'What is wrong', {
        description: `The newest first, at most ${MOST_ALERTS}. One alert per kind and cause while it lasts; kept for 90 days.`,
        querystring: AlertQuery,
        ok: AlertsMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { open: isOpen } = request.query;
      const filter = { companyId, ...(isOpen === undefined ? {} : { isOpen }) };
      return sendMessage(reply, (await listAlerts(deps.db.prisma, filter, MOST_ALERTS)).map(toAlert));
    },
  );
  readRoutes(api, deps);
  changeRoutes(api, deps);
}

function readRoutes(api: Api, { db }: RecipientDeps): void {
  api.get(
    RECIPIENTS,
    {
      schema: operation('v3', 'getAlertRecipients', TAG, 'Who is told of alerts by mail', {
        ok: AlertRecipientsMessage,
      }),
    },
    async (request, reply) => {
      const recipients = await listRecipients(db.prisma, request.caller.companyId);
      return sendMessage(reply, recipients.map(toBody));
    },
  );

  api.get(
    RECIPIENT,
    {
      schema: operation('v3', 'getAlertRecipient', TAG, 'One recipient', {
        params: anyRecipient,
        ok: AlertRecipientMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const which = { companyId, id: request.params.RecipientId };
      return sendMessage(reply, toBody(await getRecipient(db.prisma, which)));
    },
  );
}

function changeRoutes(api: Api, deps: RecipientDeps): void {
  api.post(
    RECIPIENTS,
    {
      config: { bodyExamples },
      schema: operation('v3', 'createAlertRecipient', TAG, 'Tell somebody of alerts by mail', {
        description: 'The body of the answer is the id.',
        body: ref(LBAlertRecipient),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      return sendMessage(
        reply,
        String(await createRecipient(deps, { companyId: by.companyId, by }, request.body)),
      );
    },
  );

  api.put(
    RECIPIENT,
    {
      config: { bodyExamples },
      schema: operation('v3', 'updateAlertRecipient', TAG, 'Change a recipient', {
        description: 'Enabled stays when it is left out; everything else is as in the body.',
        params: anyRecipient,
        body: ref(LBAlertRecipient),
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = request.params.RecipientId;
      await changeRecipient(deps, { companyId: by.companyId, by, id }, request.body);
      return sendMessage(reply, id);
    },
  );

  api.delete(
    RECIPIENT,
    {
      schema: operation('v3', 'deleteAlertRecipient', TAG, 'Remove a recipient', {
        params: anyRecipient,
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = request.params.RecipientId;
      await removeRecipient(deps, { companyId: by.companyId, by, id });
      return sendMessage(reply, id);
    },
  );
}

function toAlert({ id, kind, title, next, link, count, beganAt, endedAt }: Alert): object {
  return {
    Id: id,
    Kind: kind,
    Title: title,
    Next: next,
    Link: link,
    Count: endedAt ? undefined : count,
    BeganAt: toIsoSeconds(beganAt),
    EndedAt: endedAt ? toIsoSeconds(endedAt) : undefined,
  };
}

function toBody(recipient: Recipient): object {
  const { id, address, state, digest, kindsOff, timeZone, quietFrom, quietTo } = recipient;
  return {
    Id: id,
    Address: address,
    Enabled: state === 'on',
    Digest: digest,
    KindsOff: kindsOff,
    TimeZone: timeZone,
    QuietFrom: timeOf(quietFrom),
    QuietTo: timeOf(quietTo),
    LastSentAt: recipient.lastSentAt ? toIsoSeconds(recipient.lastSentAt) : undefined,
    LastOutcome: recipient.lastOutcome ?? undefined,
    StatusReason: recipient.stateReason ?? undefined,
  };
}

function timeOf(minute: number | null): string | undefined {
  if (minute === null) return undefined;
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const bodyExamples = {
  nights: {
    summary: 'At once, but not at night',
    value: { Address: 'ops@example.com', TimeZone: 'Europe/Berlin', QuietFrom: '22:00', QuietTo: '07:00' },
  },
};
