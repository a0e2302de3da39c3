import { Type } from 'typebox';
import { findConnectionByPartner } from '../../connections/connection-store.js';
import { listChanges } from '../../documents/list-changes.js';
import { filter, int32Filter, plainText } from '../../documents/list-filters.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { ChangesMessage } from '../../logicbroker/change-schema.js';
import type { Database } from '../../store/database.js';
import { toChange } from './change-body.js';
import { typesOf } from './topics.js';

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

const ChangeQuery = Type.Object({
  after: filter(
    'after',
    Type.Integer({
      format: 'int64',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'A position, as `Next` of the answer before; 0 or left out: from the beginning.',
    }),
  ),
  partnerid: int32Filter('partnerId', 'Company number of the TikTok shop: only what is about it.'),
  topic: filter(
    'topic',
    plainText({ description: 'One of ActivityEvents/EventTypes, or what stands before its dot.' }),
  ),
  limit: filter(
    'limit',
    Type.Integer({
      format: 'int32',
      minimum: 1,
      maximum: LARGEST_LIMIT,
      description: `The most changes in the answer; ${DEFAULT_LIMIT} when left out.`,
    }),
  ),
});

/** What has changed since a position: an addition to the contract, in v3 only. */
export function changeRoutes(api: Api, version: ApiVersion, { db }: { db: Database }): void {
  if (version !== 'v3') return;
  api.get(
    '/Changes',
    {
      config: { rateClass: 'search' },
      schema: operation(version, 'listChanges', 'ActivityEvents', 'What has changed since a position', {
        description:
          'Oldest first. A change has its place once it is committed, and keeps it: whoever goes on from `Next` of each answer ' +
          'gets every change once, whatever is written meanwhile. A change says which document it is about and no more; ' +
          'get the document for what it is now.',
        querystring: ChangeQuery,
        ok: ChangesMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { after = 0, limit = DEFAULT_LIMIT, partnerid: partnerId, topic } = request.query;
      const connection = partnerId === undefined ? null : await partnerOf(db, { companyId, partnerId });
      const { events, next, more } = await listChanges(db, {
        companyId,
        after,
        limit,
        ...(topic === undefined ? {} : { typeIds: typesOf(topic) }),
        ...(connection && { connectionId: connection.id }),
      });
      return sendMessage(reply, { Changes: events.map(toChange), Next: next, More: more });
    },
  );
}

async function partnerOf(db: Database, which: { companyId: number; partnerId: number }) {
  const connection = await findConnectionByPartner(db.prisma, which);
  if (connection) return connection;
  throw new AppError('not-found', 'There is no such partner.', {
    details: [{ field: 'partnerId', message: 'is not known' }],
  });
}
