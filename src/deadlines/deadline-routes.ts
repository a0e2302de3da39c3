import { Type, type Static } from 'typebox';
import {
  dateFilter,
  DEFAULT_PAGE_SIZE,
  endOf,
  filter,
  int32Filter,
  pageFilters,
  plainText,
} from '../documents/list-filters.js';
import { statusName } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { parseDateTime } from '../formats/date-time.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags, spellingOf } from '../http/query-names.js';
import { DeadlineArrayResponse, deadlineExamples, DeadlinesV1 } from '../logicbroker/deadline-schema.js';
import { toIsoSeconds, type Clock } from '../kernel/time.js';
import {
  atDeadline,
  deadlineKinds,
  hoursLeft,
  isOverdue,
  whatToDo,
  type Deadline,
  type DeadlineKind,
} from './deadline.js';
import type { DeadlineFilter } from './deadline-store.js';
import type { ListDeadlines } from './list-deadlines.js';

/** Hours of ten years: whoever asks for more means everything. */
const MOST_HOURS = 87_600;

const DeadlineQuery = Type.Object({
  kind: filter('kind', plainText({ description: `${deadlineKinds.join(', ')}.` })),
  partnerid: int32Filter('partnerId', 'Company number of the TikTok shop.'),
  from: dateFilter('from', 'Earliest DueAt; without a zone UTC.'),
  to: dateFilter('to', 'Latest DueAt, inclusive.'),
  overdue: filter('overdue', Type.Boolean({ description: 'Only what has passed, or only what has not.' })),
  hoursleft: filter(
    'hoursLeft',
    Type.Integer({
      format: 'int32',
      minimum: 0,
      maximum: MOST_HOURS,
      description: 'Due within so many hours, or overdue.',
    }),
  ),
  ...pageFilters(),
});

/** What must be shipped or answered by a time: an addition to the contract. */
export function deadlineRoutes(
  api: Api,
  version: ApiVersion,
  { clock, listDeadlines }: { clock: Clock; listDeadlines: ListDeadlines },
): void {
  api.get(
    '/Deadlines',
    {
      config: { rateClass: 'search', answerExample: exampleOf(version) },
      preValidation: lowerCaseFlags('overdue'),
      schema: operation(version, 'searchDeadlines', 'Deadlines', 'What must be done by a time', {
        description:
          'Orders with pieces to ship, cancellation requests and returns that wait for the seller, by DueAt. What is done ' +
          'leaves the list when TikTok has taken it; what you set to Ignored is not on it.',
        querystring: DeadlineQuery,
        ok: version === 'v1' ? DeadlinesV1 : DeadlineArrayResponse,
      }),
    },
    async (request, reply) => {
      const wanted = toFilter(request.caller.companyId, request.query);
      const { page = 0, pagesize: pageSize = DEFAULT_PAGE_SIZE } = request.query;
      const { deadlines, totalRecords } = await listDeadlines(wanted, { page, pageSize });
      const now = clock.now();
      const texts = deadlines.map((deadline) => writeJson(toRecord(deadline, now)));
      return sendJson(reply, listText(version, 'Deadlines', texts, { page, pageSize, totalRecords }));
    },
  );
}

function exampleOf(version: ApiVersion): object {
  const records = deadlineExamples.map((example) => writeJson(example));
  const numbers = { page: 0, pageSize: DEFAULT_PAGE_SIZE, totalRecords: records.length };
  return JSON.parse(listText(version, 'Deadlines', records, numbers)) as object;
}

/** @throws AppError invalid-request naming every filter that cannot be meant */
function toFilter(companyId: number, query: Static<typeof DeadlineQuery>): DeadlineFilter {
  const wanted: DeadlineFilter = { companyId };
  if (query.kind !== undefined) wanted.kind = kindOf(query.kind, spellingOf(query, 'kind'));
  if (query.partnerid !== undefined) wanted.partnerId = query.partnerid;
  if (query.from !== undefined) wanted.from = parseDateTime(query.from)!;
  if (query.to !== undefined) wanted.to = endOf(query.to);
  if (query.overdue !== undefined) wanted.overdue = query.overdue;
  if (query.hoursleft !== undefined) wanted.hoursLeft = query.hoursleft;
  return wanted;
}

function kindOf(text: string, field: string): DeadlineKind {
  const kind = deadlineKinds.find((known) => known === text.toLowerCase());
  if (kind) return kind;
  throw new AppError('invalid-request', 'There is no such kind of deadline.', {
    details: [{ field, message: `must be one of ${deadlineKinds.join(', ')}` }],
  });
}

function toRecord(deadline: Deadline, now: Date): object {
  const { kind, dueAt, key, linkKey, partnerPo, reference, partnerId } = deadline;
  return {
    Kind: kind,
    DueAt: toIsoSeconds(dueAt),
    HoursLeft: hoursLeft(deadline, now),
    Overdue: isOverdue(deadline, now),
    LogicbrokerKey: String(key),
    LinkKey: linkKey,
    PartnerPO: partnerPo ?? undefined,
    Reference: reference,
    PartnerId: partnerId,
    Status: statusName(deadline.documentType, deadline.statusCode),
    WhatToDo: whatToDo(deadline),
    AtDeadline: atDeadline(deadline),
  };
}
