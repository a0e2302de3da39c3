import { Type } from 'typebox';
import { fileKindOf } from '../codecs/document-shape.js';
import type { HandOver } from '../documents/hand-over.js';
import { carriesOrders } from '../documents/hand-over.js';
import { keyOf, KeyParams } from '../documents/document-key.js';
import type { Waking } from '../documents/wake-effects.js';
import { parseDateTime } from '../formats/date-time.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import {
  DeliveryArrayResponse,
  DeliveryMessage,
  ReplayedMessage,
  ReplayRequest,
} from '../logicbroker/delivery-schema.js';
import { documentPath, documentTypeNames } from '../logicbroker/document-types.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import { documentEdi } from './document-edi.js';
import type { Delivery } from './delivery.js';
import { findDelivery, listDeliveries, readContent } from './delivery-store.js';
import { noSuchDelivery, pickUp } from './pick-up.js';
import { prepareDeliveries, type DeliveryDeps } from './prepare-deliveries.js';
import { replayDeliveries } from './replay-deliveries.js';

type DeliveryRouteDeps = DeliveryDeps & Waking & { handOver?: HandOver | undefined };

const X12_TYPES = ['application/edi-x12'];
const DeliveryParams = Type.Object({ DeliveryId: Type.String({ maxLength: 20 }) });
const PAGE = 100;

/** `{key}/EDI` of every kind that goes as a file; Logicbroker has it in v1 and v3. */
export function ediRoutes(api: Api, version: ApiVersion, deps: DeliveryRouteDeps): void {
  for (const { type } of deps.kinds) {
    if (!fileKindOf(type)) continue;
    const [path, noun] = [documentPath(type), documentTypeNames[type]];
    api.get(
      `/${path}/:LogicbrokerKey/EDI`,
      {
        config: { alsoAnswers: X12_TYPES },
        schema: operation(version, `get${noun}Edi`, path, `One ${noun.toLowerCase()} as X12`, {
          description:
            'By the delivery profile of format x12 that names the ids; the same bytes each time. The text in Body, with Accept ' +
            '`application/edi-x12` the file itself.',
          params: KeyParams,
          ok: StringMessage,
        }),
      },
      async (request, reply) => {
        const { companyId } = request.caller;
        const key = keyOf(type, request.params.LogicbrokerKey);
        const bytes = await documentEdi(deps, { companyId, type, key });
        if (type === 'order') carriesOrders(request, reply, deps, [key]);
        if (/application\/edi-x12/i.test(request.headers.accept ?? ''))
          return reply.type('application/edi-x12').send(bytes);
        return sendMessage(reply, bytes.toString());
      },
    );
  }
}

/** What is on its way to the seller as files: an addition, in v3 only. */
export function deliveryRoutes(api: Api, deps: DeliveryRouteDeps): void {
  const { db } = deps;
  const find = async (companyId: number, text: string): Promise<Delivery> => {
    const id = /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
    const delivery = await findDelivery(db.prisma, { companyId, id });
    if (!delivery) throw noSuchDelivery(text);
    return delivery;
  };

  api.get(
    '/Deliveries',
    {
      config: { filterPrefix: '', rateClass: 'search' },
      schema: operation('v3', 'getDeliveries', 'Deliveries', 'Files on their way to you', {
        description:
          'By delivery profile; oldest first, 100 at once. Go on with the last DeliveryId in after.',
        querystring: Type.Object({
          state: Type.Optional(Type.String({ maxLength: 20, wireName: 'state' })),
          profile: Type.Optional(Type.String({ maxLength: 40, wireName: 'profile' })),
          after: Type.Optional(Type.String({ pattern: '^\\d{1,18}$', wireName: 'after' })),
        }),
        ok: DeliveryArrayResponse,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { state, profile, after } = request.query;
      await prepareDeliveries(deps, companyId);
      const found = await listDeliveries(db.prisma, {
        companyId,
        state,
        profile,
        after: BigInt(after ?? 0),
        limit: PAGE,
      });
      const records = found.map((one) => writeJson(render(one)));
      return sendJson(
        reply,
        listText('v3', 'Deliveries', records, { page: 0, pageSize: PAGE, totalRecords: records.length }),
      );
    },
  );

  api.get(
    '/Deliveries/:DeliveryId',
    {
      schema: operation('v3', 'getDelivery', 'Deliveries', 'One file on its way to you', {
        params: DeliveryParams,
        ok: DeliveryMessage,
      }),
    },
    async (request, reply) =>
      sendMessage(reply, render(await find(request.caller.companyId, request.params.DeliveryId))),
  );

  api.get(
    '/Deliveries/:DeliveryId/Content',
    {
      config: { alsoAnswers: ['application/octet-stream', ...X12_TYPES] },
      schema: operation('v3', 'getDeliveryContent', 'Deliveries', 'The bytes of a file', {
        description:
          'The text in Body, of xlsx in base64; with Accept `application/octet-stream` the file itself.',
        params: DeliveryParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const delivery = await find(companyId, request.params.DeliveryId);
      const bytes = await readContent(db.prisma, { companyId, id: delivery.id });
      if (!bytes) throw noSuchDelivery(delivery.id);
      if (delivery.kind === 'order' && delivery.documentKey !== null)
        carriesOrders(request, reply, deps, [delivery.documentKey]);
      const { accept = '' } = request.headers;
      if (/octet-stream|edi-x12/i.test(accept))
        return reply
          .type(/edi-x12/i.test(accept) ? 'application/edi-x12' : 'application/octet-stream')
          .header('content-disposition', `attachment; filename="${delivery.fileName}"`)
          .send(bytes);
      return sendMessage(reply, bytes.toString(delivery.format === 'xlsx' ? 'base64' : 'utf8'));
    },
  );

  api.put(
    '/Deliveries/:DeliveryId/PickedUp',
    {
      schema: operation('v3', 'pickUpDelivery', 'Deliveries', 'You have taken a file', {
        description:
          'As removing it from the SFTP server: that version of its document is acknowledged, and no other.',
        params: DeliveryParams,
        ok: DeliveryMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await find(request.caller.companyId, request.params.DeliveryId);
      return sendMessage(reply, render(await pickUp(deps, { by: request.caller, id })));
    },
  );

  api.put(
    '/Deliveries/:DeliveryId/Replay',
    {
      schema: operation('v3', 'replayDelivery', 'Deliveries', 'Have a file once more', {
        description: 'It waits again, with the bytes and the control numbers that it had.',
        params: DeliveryParams,
        ok: ReplayedMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { id } = await find(companyId, request.params.DeliveryId);
      const by = request.caller;
      return sendMessage(reply, { Replayed: await replayDeliveries(deps, { companyId, by }, { id }) });
    },
  );

  api.put(
    '/Deliveries/Replay',
    {
      config: { rateClass: 'bulk' },
      schema: operation('v3', 'replayDeliveries', 'Deliveries', 'Have the files of a time once more', {
        body: ref(ReplayRequest),
        ok: ReplayedMessage,
      }),
    },
    async (request, reply) => {
      const { From, To, Profile } = request.body;
      const by = request.caller;
      return sendMessage(reply, {
        Replayed: await replayDeliveries(
          deps,
          { companyId: by.companyId, by },
          {
            ...(From && { from: parseDateTime(From)! }),
            ...(To && { to: parseDateTime(To)! }),
            ...(Profile && { profile: Profile }),
          },
        ),
      });
    },
  );
}

function render(one: Delivery): object {
  return {
    DeliveryId: String(one.id),
    Profile: one.profile,
    Channel: one.channel,
    Format: one.format,
    Kind: one.kind,
    LogicbrokerKey: one.documentKey === null ? undefined : String(one.documentKey),
    Version: one.documentVersion ?? undefined,
    FileName: one.fileName,
    State: one.state,
    Bytes: one.bytes,
    Sha256: one.sha256 ?? undefined,
    InterchangeControl: one.interchangeControl ?? undefined,
    GroupControl: one.groupControl ?? undefined,
    Attempts: one.attempts,
    NextAttemptAt: one.nextAt ?? undefined,
    ErrorMessage: one.lastError ?? undefined,
    CreatedAt: one.createdAt,
    SentAt: one.sentAt ?? undefined,
    AnsweredAt: one.answeredAt ?? undefined,
  };
}
