import { Type, type Static, type TSchema } from 'typebox';
import { AppError } from '../kernel/errors.js';
import { DAY_MS } from '../kernel/time.js';
import { isDay, isWholeSecond, parseDateTime } from '../formats/date-time.js';
import { spellingOf } from '../http/query-names.js';
import { LARGEST_INT32 } from './document.js';
import { statusCodeOf, statuses } from '../logicbroker/statuses.js';
import type { DocumentType } from '../logicbroker/document-types.js';

export const DEFAULT_PAGE_SIZE = 100;
const LARGEST_PAGE_SIZE = 500;

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
  /** Sender or receiver. */
  partnerId?: number;
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
    plainText({ description: 'Number, name, or name without spaces, in any case; see GET Statuses.' }),
  ),
  from: dateFilter('from', 'Earliest DocumentDate; without a zone UTC.'),
  to: dateFilter('to', 'Latest DocumentDate, inclusive; a date without a time is all of that day.'),
  ...pageFilters(),
  receivercompanyid: int32Filter('receiverCompanyId'),
  sendercompanyid: int32Filter('senderCompanyId'),
  partnerid: int32Filter(
    'partnerId',
    'Company number of the TikTok shop, on whichever side of the document.',
  ),
  linkkey: filter(
    'linkkey',
    plainText({ description: 'Identifier.LinkKey: an order with all that belongs to it.' }),
  ),
});
export type ListQuery = Static<typeof ListQuery>;

/** Which page of a list, and how long it is. */
export function pageFilters() {
  return {
    page: int32Filter('page', 'Counted from 0.'),
    pagesize: filter(
      'pageSize',
      Type.Integer({
        format: 'int32',
        minimum: 1,
        maximum: LARGEST_PAGE_SIZE,
        description: `${DEFAULT_PAGE_SIZE} when left out.`,
      }),
    ),
  };
}

/** An optional query parameter that the contract spells `Filters.<wireName>`. */
export function filter<T extends TSchema>(wireName: string, schema: T) {
  return Type.Optional(Type.Unsafe<Static<T>>({ ...schema, wireName }));
}

/** PostgreSQL's text cannot hold NUL. */
export function plainText(options: { description?: string }) {
  return Type.String({ ...options, maxLength: 200, pattern: '^[^\\x00]*$' });
}

export function int32Filter(wireName: string, description?: string) {
  const limits = { format: 'int32', minimum: 0, maximum: LARGEST_INT32 };
  return filter(wireName, Type.Integer(description === undefined ? limits : { ...limits, description }));
}

export function dateFilter(wireName: string, description: string) {
  return filter(wireName, Type.String({ format: 'date-time', description }));
}

/** @throws AppError invalid-request naming every filter that cannot be meant, in the caller's spelling */
export function toFilter(companyId: number, type: DocumentType, query: ListQuery): DocumentFilter {
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
  if (query.partnerid !== undefined) filters.partnerId = query.partnerid;
  return filters;
}

/** The code of a status that the caller wrote. @throws AppError invalid-request with the list of statuses */
export function statusOf(type: DocumentType, text: string, field: string): number {
  const code = statusCodeOf(type, text);
  if (code !== null) return code;
  const known = statuses[type].map((status) => `${status.code} ${status.name}`).join(', ');
  throw new AppError('invalid-request', 'There is no such status.', {
    details: [
      {
        field,
        message: `"${text.slice(0, 50)}" is no status of this document type`,
        next: `Known: ${known}`,
      },
    ],
  });
}

/**
 * An inclusive end. Documents show their date in whole seconds, so an end that was read from one means all of its second; a
 * date without a time means all of its day.
 */
export function endOf(text: string): Date {
  const date = parseDateTime(text)!;
  if (isDay(text)) return new Date(date.getTime() + DAY_MS - 1);
  return isWholeSecond(text) ? new Date(date.getTime() + 999) : date;
}
