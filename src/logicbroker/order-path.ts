import { JsonNumber } from '../formats/json.js';
import { commonSchemas } from './common.js';
import { SalesOrder } from './order-schema.js';

/** What of a schema is looked at here. */
interface Shape {
  type?: string;
  $ref?: string;
  items?: Shape;
  properties?: Record<string, Shape>;
}

const ATTRIBUTES = 'ExtendedAttributes';
const shapes = new Map(commonSchemas.map((schema) => [`${schema.$id}#`, schema as unknown as Shape]));

/**
 * What is wrong with a path in the order document, such as `ShipToAddress.State` or `ExtendedAttributes.TikTokWarehouseId`;
 * null when it leads to a value. Of lists other than OrderLines the first entry is meant.
 */
export function problemOfOrderPath(path: string): string | null {
  let shape = SalesOrder as unknown as Shape;
  const segments = path.split('.');
  for (const [index, segment] of segments.entries()) {
    const { properties } = shape;
    const next = properties && Object.hasOwn(properties, segment) ? properties[segment] : undefined;
    if (!next) {
      const place = segments.slice(0, index).join('.') || 'an order';
      const known = Object.keys(properties ?? {}).join(', ');
      return `${place} has no ${segment.slice(0, 50) || 'such field'}${known ? `; it has ${known}` : ''}`;
    }
    if (segment === ATTRIBUTES) {
      return segments.length === index + 2 && segments[index + 1] !== ''
        ? null
        : `${ATTRIBUTES} is followed by the name of one attribute`;
    }
    shape = resolved(next);
  }
  return shape.properties
    ? `${path} is no single value; it has ${Object.keys(shape.properties).join(', ')}`
    : null;
}

function resolved(shape: Shape): Shape {
  const own = shape.type === 'array' ? (shape.items ?? {}) : shape;
  return own.$ref === undefined ? own : (shapes.get(own.$ref) ?? own);
}

/** The value that a path leads to in a parsed document, as text; null when there is none. */
export function valueAtPath(document: unknown, path: string): string | null {
  const segments = path.split('.');
  let value = document;
  for (const [index, segment] of segments.entries()) {
    if (segment === ATTRIBUTES) return attributeOf(memberOf(value, segment), segments[index + 1] ?? '');
    value = memberOf(value, segment);
  }
  return textOf(Array.isArray(value) ? value[0] : value);
}

function memberOf(value: unknown, name: string): unknown {
  const holder: unknown = Array.isArray(value) ? value[0] : value;
  return typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}

function attributeOf(list: unknown, name: string): string | null {
  if (!Array.isArray(list)) return null;
  const found = list.find((entry) => memberOf(entry, 'Name') === name) as unknown;
  return textOf(memberOf(found, 'Value'));
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null;
  return typeof value === 'number' || typeof value === 'boolean' || value instanceof JsonNumber
    ? String(value)
    : null;
}
