import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { readKey } from '../../documents/document.js';
import { writeJson } from '../../formats/json.js';
import type { Waking } from '../../documents/wake-effects.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { toIsoSeconds } from '../../kernel/time.js';
import {
  ComplianceEntityArrayResponse,
  ComplianceEntityMessage,
  ComplianceEntityRequest,
} from '../../logicbroker/product-media-schema.js';
import { productTrail } from '../product-trail.js';
import { ref } from '../../logicbroker/schema.js';
import type { ProductsDeps } from '../products-deps.js';
import { contentHash, findEntity, pageOfEntities, type ComplianceEntity } from './entity-store.js';
import { readEntity } from './read-entity.js';
import { wantEntity } from './want-entity.js';

const TAG = 'Product';
const PATH = '/Product/:partnerId/Compliance';
const PAGE_SIZE = 100;

/** Manufacturers and responsible persons of products in the EU, at TikTok. Logicbroker has no such calls: they stand in v3 only. */
export function complianceRoutes(
  api: Api,
  version: ApiVersion,
  { db, clock, wake }: Pick<ProductsDeps, 'db' | 'clock'> & Waking,
): void {
  if (version !== 'v3') return;
  api.get(
    PATH,
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getComplianceEntities', TAG, 'Manufacturers and responsible persons', {
        description:
          'What TikTok has for products in the EU, and what it was made from; TikTok has each content once.',
        params: PartnerParams,
        querystring: Type.Object({
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
          pagesize: Type.Optional(
            Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
          ),
        }),
        ok: ComplianceEntityArrayResponse,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(db, request);
      const { page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const { entities, total } = await pageOfEntities(db.prisma, id, { page, pageSize });
      const texts = entities.map((entity) => writeJson(render(entity)));
      return sendJson(reply, listText(version, 'Entities', texts, { page, pageSize, totalRecords: total }));
    },
  );
  api.post(
    PATH,
    {
      schema: operation(version, 'makeComplianceEntity', TAG, 'Make a manufacturer or responsible person', {
        description:
          'Once per content, however often it is sent. Made within seconds: then TikTokId is what the columns Manufacturer and ' +
          'Responsible Person of a feed or template say. One that was refused is tried again.',
        params: PartnerParams,
        body: ref(ComplianceEntityRequest),
        ok: ComplianceEntityMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const content = readEntity(request.body);
      const { entity, entryId } = await db.transaction(async (tx) => {
        const subject = `${content.kind} ${contentHash(content).slice(0, 12)}`;
        await productTrail(tx, request.caller, connection, { action: 'product-entity.asked-for', subject });
        return wantEntity(tx, connection, content, clock.now());
      });
      if (entryId !== null) wake?.(entryId);
      return sendMessage(
        reply,
        render({ ...entity, ...(entryId !== null && { state: 'pending', reason: null }) }),
      );
    },
  );
  api.get(
    `${PATH}/:entityId`,
    {
      schema: operation(version, 'getComplianceEntity', TAG, 'One manufacturer or responsible person', {
        params: Type.Object({
          ...PartnerParams.properties,
          entityId: Type.String({
            description: 'Number of the entity (GET Product/{partnerId}/Compliance).',
          }),
        }),
        ok: ComplianceEntityMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(db, request);
      const entity = await findEntity(db.prisma, readKey(request.params.entityId) ?? 0);
      if (entity?.connectionId === id) return sendMessage(reply, render(entity));
      throw new AppError('not-found', 'There is no such manufacturer or responsible person.', {
        details: [{ field: 'entityId', message: 'is not known in this shop' }],
      });
    },
  );
}

const STATES: Readonly<Record<string, string>> = {
  pending: 'Pending',
  made: 'Made',
  refused: 'Refused',
  needs_person: 'NeedsPerson',
};

function render({ id, content, state, tiktokId, reason, askedAt }: ComplianceEntity): object {
  return {
    Id: id,
    Kind: content.kind === 'manufacturer' ? 'Manufacturer' : 'ResponsiblePerson',
    State: STATES[state] ?? state,
    TikTokId: tiktokId ?? undefined,
    Reason: reason ?? undefined,
    Content: membersOf(content.kind === 'manufacturer' ? content.manufacturer : content.person),
    AskedAt: toIsoSeconds(askedAt),
  };
}

/** The names of members as this API writes them; what was not given is left out. */
function membersOf(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
      if (member === null || member === undefined) return [];
      const own = typeof member === 'object' ? membersOf(member) : member;
      return [[`${name[0]!.toUpperCase()}${name.slice(1)}`, own]];
    }),
  );
}
