import { Type, type Static } from 'typebox';
import { AppError } from '../errors.js';
import { isWholeSecond, parseDateTime } from '../formats/date-time.js';
import { spellingOf, unknownFilters } from '../http/query-names.js';
import type { DocumentType } from './document.js';
import { statusCodeOf, statuses } from './statuses.js';

const LARGEST_INT32 = 2_147_483_647;
export const DEFAULT_PAGE_SIZE = 100;
export const LARGEST_PAGE_SIZE = 500;

/** Conditions that a listing takes; all of them hold together. */
export interface DocumentFilter {
  companyId: number;
  type: DocumentType;
  statusCodes?: number[];
  partnerPo?: string;
  sourceKey?: string;
  linkKey?: string;
  /** DocumentDate, both ends included. */
  from?: Date;
  to?: Date;
  senderCompanyId?: number;
  receiverCompanyId?: number;
  parentKey?: number;
}

/**
 * Logicbroker's common filters. Queries arrive with lower-case names and without prefix; `wireName` is how the contract
 * spells them after `Filters.`.
 */
export const ListQuery = Type.Object({
  partnerpo: filter('partnerPO', plainText({ description: "PartnerPO: TikTok's order id." })),
  sourcekey: filter('sourceKey', plainText({ description: 'Identifier.SourceKey.' })),
  status: filter(
    'status',
    Type.String({ description: 'Number, name, or name without spaces, in any case; see GET Statuses.' }),
  ),
  from: filter(
    'from',
    Type.String({ format: 'date-time', description: 'Earliest DocumentDate; without a zone UTC.' }),
  ),
  to: filter('to', Type.String({ format: 'date-time', description: 'Latest DocumentDate, inclusive.' })),
  page: filter(
    'page',
    Type.Integer({
      format: 'int32',
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'Counted from 0.',
    }),
  ),
  pagesize: filter(
    'pageSize',
    Type.Integer({ format: 'int32', minimum: 1, maximum: LARGEST_PAGE_SIZE, default: DEFAULT_PAGE_SIZE }),
  ),
  receivercompanyid: filter('receiverCompanyId', companyNumber()),
  sendercompanyid: filter('senderCompanyId', companyNumber()),
  linkkey: filter(
    'linkkey',
    plainText({ description: 'Identifier.LinkKey: an order with all that belongs to it.' }),
  ),
});
export type ListQuery = Static<typeof ListQuery>;

const knownFilters: ReadonlySet<string> = new Set(Object.keys(ListQuery.properties));

function filter<T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(
  wireName: string,
  schema: T,
) {
  return Type.Optional({ ...schema, wireName });
}

/** PostgreSQL's text cannot hold NUL. */
function plainText(options: { description: string }) {
  return Type.String({ ...options, maxLength: 200, pattern: '^[^\\x00]*$' });
}

function companyNumber() {
  return Type.Integer({ format: 'int32', minimum: 0, maximum: LARGEST_INT32 });
}

/** @throws AppError invalid-request naming every filter that cannot be meant, in the caller's spelling */
export function toFilter(companyId: number, type: DocumentType, query: ListQuery): DocumentFilter {
  refuseUnknown(query);
  const filters: DocumentFilter = { companyId, type };
  if (query.partnerpo !== undefined) filters.partnerPo = query.partnerpo;
  if (query.sourcekey !== undefined) filters.sourceKey = query.sourcekey;
  if (query.linkkey !== undefined) filters.linkKey = query.linkkey;
  if (query.status !== undefined)
    filters.statusCodes = [statusOf(type, query.status, spellingOf(query, 'status'))];
  if (query.from !== undefined) filters.from = parseDateTime(query.from)!;
  if (query.to !== undefined) filters.to = endOf(query.to);
  if (query.sendercompanyid !== undefined) filters.senderCompanyId = query.sendercompanyid;
  if (query.receivercompanyid !== undefined) filters.receiverCompanyId = query.receivercompanyid;
  return filters;
}

/** The code of a status that the caller wrote. @throws AppError invalid-request with the list of statuses */
export function statusOf(type: DocumentType, text: string, field: string): number {
  const code = statusCodeOf(type, text);
  if (code !== null) return code;
  const known = statuses[type].map((status) => `${status.code} ${status.name}`).join(', ');
  throw new AppError('invalid-request', 'There is no such status', {
    details: [
      {
        field,
        message: `"${text.slice(0, 50)}" is no status of this document type`,
        next: `Known: ${known}`,
      },
    ],
  });
}

/** Documents show their date in whole seconds, so an end that was read from one means all of its second. */
function endOf(text: string): Date {
  const date = parseDateTime(text)!;
  return isWholeSecond(text) ? new Date(date.getTime() + 999) : date;
}

/** A filter that we do not know would silently list everything. */
function refuseUnknown(query: ListQuery): void {
  const details = unknownFilters(query, knownFilters).map((field) => ({
    field,
    message: 'is not a filter here',
  }));
  if (details.length > 0) throw new AppError('invalid-request', 'There is no such filter', { details });
}
