import { Type, type Static } from 'typebox';
import { AppError } from '../kernel/errors.js';
import { parseDateTime } from '../formats/date-time.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { EventMessage, EventsMessage, EventTypesMessage, Int32Message } from '../logicbroker/envelopes.js';
import { eventExamples, LBActivityEvent } from '../logicbroker/records.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import { toActivityEvent } from './activity-event.js';
import { findEvent, listEvents, markEvent, type EventFilter } from './event-store.js';
import { eventTypes } from './event-types.js';
import { namesDocuments, type HandOverDeps } from './hand-over.js';
import { reportEvent } from './report-event.js';
import { dateFilter, endOf, filter, int32Filter, plainText } from './list-filters.js';
import { documentTypeChoice, documentTypeOf } from '../logicbroker/document-types.js';

const LogicbrokersQuery = Type.Object({
  from: dateFilter('from', 'Earliest date; without a zone UTC.'),
  to: dateFilter('to', 'Latest date, inclusive; a date without a time is all of that day.'),
  linkkey: filter('linkKey', plainText({})),
  logicbrokerkey: int32Filter('logicbrokerKey'),
  documenttype: filter('documentType', plainText({ description: `${documentTypeChoice()}.` })),
  typeid: int32Filter('typeId'),
  category: filter('category', plainText({})),
  level: filter('level', plainText({ description: 'Info, Warning or Alert.' })),
  page: int32Filter('page', 'Counted from 0.'),
  senderid: int32Filter('senderId'),
  receiverid: int32Filter('receiverId'),
  processed: filter('processed', Type.Boolean()),
  viewed: filter('viewed', Type.Boolean()),
});
const EventQuery = Type.Object({
  ...LogicbrokersQuery.properties,
  after: filter(
    'after',
    Type.Integer({
      format: 'int64',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'A Position: only what comes after it. A reader that goes on from the last Position of each answer gets every event ' +
        'once, whatever is written or deleted meanwhile.',
    }),
  ),
});
const EventParams = Type.Object({ EventId: Type.String() });

export function eventRoutes(api: Api, version: ApiVersion, deps: { db: Database } & HandOverDeps): void {
  const { db } = deps;
  // Additions of ours stand in v3 only; what is not in the schema never arrives.
  const querystring = version === 'v3' ? EventQuery : (LogicbrokersQuery as unknown as typeof EventQuery);
  api.get(
    '/ActivityEvents',
    {
      config: { rateClass: 'search' },
      preValidation: lowerCaseFlags('processed', 'viewed'),
      schema: operation(version, 'searchEvents', 'ActivityEvents', 'Search the history', {
        description:
          'Oldest first, 100 a page. An event has its place in this order once it is committed, and keeps it.',
        querystring,
        ok: EventsMessage,
      }),
    },
    async (request, reply) => {
      const eventFilter = toEventFilter(request.caller.companyId, request.query);
      const { events, totalPages } = await listEvents(db, eventFilter, request.query.page ?? 0);
      return sendMessage(reply, {
        ActivityEvents: events.map((event) => toActivityEvent(event, version)),
        TotalPages: totalPages,
      });
    },
  );

  api.get(
    '/ActivityEvents/EventTypes',
    {
      schema: operation(version, 'getEventTypes', 'ActivityEvents', 'The kinds of events', {
        ok: EventTypesMessage,
      }),
    },
    (_request, reply) =>
      sendMessage(
        reply,
        Object.entries(eventTypes).map(([name, { id, topic }]) => ({ Id: id, Name: name, Topic: topic })),
      ),
  );

  reportRoute(api, version, deps);

  api.get(
    '/ActivityEvents/:EventId',
    {
      schema: operation(version, 'getEvent', 'ActivityEvents', 'One event', {
        params: EventParams,
        ok: EventMessage,
      }),
    },
    async (request, reply) => {
      const id = eventIdOf(request.params.EventId);
      const event = await findEvent(db, { companyId: request.caller.companyId, id });
      if (!event) throw noSuchEvent();
      return sendMessage(reply, toActivityEvent(event, version));
    },
  );

  api.put(
    '/ActivityEvents/:EventId',
    {
      schema: operation(version, 'markEvent', 'ActivityEvents', 'Mark an event', {
        description: 'Takes Processed and Viewed; everything else in an event is what happened and stays.',
        params: EventParams,
        body: ref(LBActivityEvent),
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const id = eventIdOf(request.params.EventId);
      const { Processed, Viewed } = request.body;
      const marks = {
        ...(Processed === undefined ? {} : { processed: Processed }),
        ...(Viewed === undefined ? {} : { viewed: Viewed }),
      };
      const { companyId } = request.caller;
      if (!(await markEvent(db, { companyId, id, ...marks }))) throw noSuchEvent();
      const { documentKey } = (await findEvent(db, { companyId, id })) ?? { documentKey: null };
      if (documentKey !== null) namesDocuments(request, reply, deps, [documentKey]);
      return sendMessage(reply, id);
    },
  );
}

/**
 * Logicbroker has it in v1 only, where its NetSuite and Magento connectors tell what they could not take in. Our versions
 * differ in envelopes alone, so here it is in all of them.
 */
function reportRoute(api: Api, version: ApiVersion, deps: { db: Database } & HandOverDeps): void {
  api.post(
    '/ActivityEvents',
    {
      config: { bodyExamples: eventExamples },
      schema: operation(version, 'createEvent', 'ActivityEvents', 'Report something', {
        description:
          'Into the history of the document with this LogicbrokerKey, or without one of your company. Summary is ' +
          'required; Level, Category, Details, AdditionalData and ReceiverId are taken, everything else is set here. ' +
          'The TypeId is that of reported-by-erp, whatever was sent.',
        body: ref(LBActivityEvent),
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const { LogicbrokerKey } = request.body;
      const id = await reportEvent(deps.db, { by: request.caller, report: request.body });
      if (LogicbrokerKey !== undefined) namesDocuments(request, reply, deps, [LogicbrokerKey]);
      return sendMessage(reply, id);
    },
  );
}

function toEventFilter(companyId: number, query: Static<typeof EventQuery>): EventFilter {
  const wanted: EventFilter = { companyId };
  if (query.after !== undefined) wanted.after = query.after;
  if (query.from !== undefined) wanted.from = parseDateTime(query.from)!;
  if (query.to !== undefined) wanted.to = endOf(query.to);
  if (query.linkkey !== undefined) wanted.linkKey = query.linkkey;
  if (query.logicbrokerkey !== undefined) wanted.documentKey = query.logicbrokerkey;
  if (query.documenttype !== undefined) wanted.documentType = typeOf(query.documenttype);
  if (query.typeid !== undefined) wanted.typeId = query.typeid;
  if (query.category !== undefined) wanted.category = query.category;
  if (query.level !== undefined) wanted.level = query.level;
  if (query.senderid !== undefined) wanted.senderId = query.senderid;
  if (query.receiverid !== undefined) wanted.receiverId = query.receiverid;
  if (query.processed !== undefined) wanted.processed = query.processed;
  if (query.viewed !== undefined) wanted.viewed = query.viewed;
  return wanted;
}

function typeOf(text: string) {
  const type = documentTypeOf(text);
  if (type) return type;
  throw new AppError('invalid-request', 'There is no such document type.', {
    details: [{ field: 'documentType', message: `must be ${documentTypeChoice()}` }],
  });
}

function eventIdOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw noSuchEvent();
}

function noSuchEvent(): AppError {
  return new AppError('not-found', 'There is no such event.', {
    details: [{ field: 'EventId', message: 'is not known' }],
  });
}
