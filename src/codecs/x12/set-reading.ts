import { keepText, type JsonNumber } from '../../formats/json.js';
import { elementOf, type X12Segment, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import type { JsonObject } from '../../logicbroker/json-reading.js';
import type { ReadDocument } from '../codec.js';
import type { FileKind } from '../document-shape.js';
import { isDate, isDecimal } from './check-set.js';
import type { X12Codes } from './partner.js';

type Place = NonNullable<ErrorDetail['at']>;

/** A segment and those that follow it up to the next of the same or a higher level. */
export interface Loop {
  head: X12Segment;
  rest: X12Segment[];
}

/** The segments before the first of that name, and a loop for each one; what stands behind `ends` belongs to none. */
export function loopsOf(
  set: X12Set,
  name: string,
  ends: readonly string[],
): { before: X12Segment[]; loops: Loop[]; after: X12Segment[] } {
  const before: X12Segment[] = [];
  const loops: Loop[] = [];
  const after: X12Segment[] = [];
  for (const segment of set.segments) {
    const open = loops.at(-1);
    if (segment.name === name) loops.push({ head: segment, rest: [] });
    else if (ends.includes(segment.name) || after.length > 0) after.push(segment);
    else if (open) open.rest.push(segment);
    else before.push(segment);
  }
  return { before, loops, after };
}

/** The first segment of that name, and with that code in its first element. */
export function find(
  segments: readonly X12Segment[],
  name: string,
  ...codes: string[]
): X12Segment | undefined {
  return segments.find(
    (segment) => segment.name === name && (codes.length === 0 || codes.includes(elementOf(segment, 1))),
  );
}

/** Product ids by their qualifiers, in pairs from an element on. */
export function itemOf(segment: X12Segment, from: number, codes: X12Codes): JsonObject {
  const pairs = new Map<string, string>();
  for (let at = from; at < segment.elements.length; at += 2) {
    const [qualifier, id] = [elementOf(segment, at), elementOf(segment, at + 1)];
    if (qualifier !== '' && id !== '' && !pairs.has(qualifier)) pairs.set(qualifier, id);
  }
  const first = (qualifiers: readonly string[]): string | undefined =>
    qualifiers.map((each) => pairs.get(each)).find((id) => id !== undefined);
  return defined({
    SupplierSKU: first(codes.supplierSku),
    PartnerSKU: first(codes.partnerSku),
    UPC: first(codes.upc),
    ManufacturerSKU: pairs.get('MG'),
  });
}

/** Without the members that nothing was found for. */
export function defined(members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** A number with its digits; undefined where none stands. */
export function numberOf(value: string): number | JsonNumber | undefined {
  if (!isDecimal(value)) return undefined;
  const plain = value
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
  return keepText(plain);
}

/** ISO 8601; undefined for what is no CCYYMMDD. */
export function dateOf(value: string): string | undefined {
  return isDate(value) ? `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}T00:00:00Z` : undefined;
}

export function placeOf({ position, name }: X12Segment, element?: number): Place {
  return { segment: position, name, ...(element !== undefined && { element }) };
}

/** A document of a set: where its fields stand is said by `places`, of the longest path that begins a field. */
export function readDocument(
  kind: FileKind,
  document: JsonObject,
  problems: ErrorDetail[],
  places: ReadonlyMap<string, Place>,
): ReadDocument {
  return {
    kind,
    document,
    problems,
    placed({ field, ...detail }) {
      if (field === undefined) return detail;
      let path = field;
      while (path !== '' && !places.has(path))
        path = path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
      const at = places.get(path) ?? places.get('');
      return { ...detail, message: `${field} ${detail.message}`, ...(at && { at }) };
    },
  };
}
