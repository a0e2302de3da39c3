import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { readKey } from '../../documents/document.js';
import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { toIsoSeconds } from '../../kernel/time.js';
import {
  ComplianceEntityArrayResponse,
  ComplianceEntityMessage,
} from '../../logicbroker/product-media-schema.js';
import type { ProductsDeps } from '../products-deps.js';
import { findEntity, pageOfEntities, type ComplianceEntity } from './entity-store.js';

const TAG = 'Product';
const PATH = '/Product/:partnerId/Compliance';
const PAGE_SIZE = 100;

/** Manufacturers and responsible persons that were made at TikTok. Logicbroker has no such calls: they stand in v3 only. */
export function complianceRoutes(api: Api, version: ApiVersion, { db }: ProductsDeps): void {
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
