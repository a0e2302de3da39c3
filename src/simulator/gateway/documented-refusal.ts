import type { Behaviour } from '../options.js';
import { ApiError } from './api-error.js';
import { documentedCodes } from './documented-codes.js';
import type { ApiRoute } from './route.js';

/** What every call can answer (Common errors). */
const common: readonly number[] = [
  36009002, 36009003, 36009004, 36009007, 36009009, 36009010, 36009014, 36009021, 36009022, 36009023,
  36009033, 98001004, 101000, 105001, 105002, 105005, 106001, 106013,
];

/** Told by changelogs that are newer than the lists: January 2026, an order that is shipped while it is on hold. */
const newer: readonly number[] = [21011044];

type Replacements = Readonly<Record<number, number>>;

const shipped = 'POST /fulfillment/{version}/packages/{package_id}/ship';
/** The documented code that comes nearest, for those that a call's own list does not have. */
const nearest: Readonly<Record<string, Replacements>> = {
  'POST /fulfillment/{version}/orders/{order_id}/packages': { 21011041: 21011003, 21004006: 21004019 },
  [shipped]: { 21004012: 21011022, 21004015: 21011022, 21004010: 21011003, 21011042: 21011041 },
  'POST /fulfillment/{version}/packages/ship': {
    21004012: 21011022,
    21004015: 21011022,
    21004010: 21011003,
    21004019: 21004006,
    21008025: 21011003,
    21011026: 21011025,
    21011042: 21011041,
  },
  'POST /fulfillment/{version}/orders/{order_id}/split': {
    21008025: 21011035,
    21008044: 21011035,
    21008111: 21011005,
    21011003: 21011035,
    21011036: 21011035,
    21011041: 21011035,
    21011046: 21011035,
  },
  'GET /fulfillment/{version}/packages/{package_id}': { 21011028: 10006402 },
  'POST /fulfillment/{version}/orders/{order_id}/shipping_info/update': {
    21004012: 21011022,
    21004015: 21011022,
    21011025: 21011022,
    21011026: 21011022,
    21011048: 21011030,
    21011050: 21011030,
  },
  'POST /fulfillment/{version}/packages/{package_id}/shipping_info/update': {
    21004012: 21011022,
    21004015: 21011022,
    21011025: 21011022,
    21011026: 21011022,
  },
  'POST /return_refund/{version}/cancellations': { 25001003: 25001021, 25007006: 25001001 },
  'POST /return_refund/{version}/returns': { 25007006: 25001001 },
  'POST /return_refund/{version}/cancellations/{cancel_id}/approve': { 25020010: 25011012 },
  'POST /return_refund/{version}/returns/{return_id}/approve': {
    25005005: 25001001,
    25020003: 25011012,
    25020010: 25011012,
    25020011: 25011012,
  },
  'POST /return_refund/{version}/returns/{return_id}/reject': {
    25007007: 25001003,
    25011012: 25001003,
    25011013: 25001003,
    25020003: 25001003,
    25020009: 25001003,
  },
};

export function callName({ method, path }: Pick<ApiRoute, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Whether the documents know this code of this call. A call without a list of its own has no wrong ones. */
export function isDocumented(call: string, code: number): boolean {
  const own = documentedCodes[call];
  return own === undefined || own.includes(code) || common.includes(code) || newer.includes(code);
}

/** The refusal as the behaviour wants it: as it is, or with the nearest documented code. */
export function refusalFor(
  { refusalCodes }: Pick<Behaviour, 'refusalCodes'>,
  call: string,
  error: ApiError,
): ApiError {
  if (refusalCodes === 'telling' || isDocumented(call, error.code)) return error;
  const code = nearest[call]?.[error.code];
  if (code === undefined) return error;
  const { httpStatus, message, retryAfterSec } = error;
  return new ApiError(code, message, {
    httpStatus,
    ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
  });
}
