import { Type, type Static, type TObject, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import { badParameter } from './api-error.js';

/** Nothing expected; what comes is ignored, as TikTok ignores names it does not know. */
export const NoQuery = Type.Object({});
export const NoBody = Type.Unknown();

/** A list in the query: comma-joined, also on signing. */
export function CommaList(options: {
  maxItems: number;
}): ReturnType<typeof Type.Array<ReturnType<typeof Type.String>>> {
  return Type.Array(Type.String({ minLength: 1 }), { minItems: 1, ...options });
}

interface Issue {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

/** TikTok's messages speak of Go's types. UNCONFIRMED: all but `int64` and `string`. */
const goTypes: Readonly<Record<string, string>> = {
  integer: 'int64',
  number: 'float64',
  boolean: 'bool',
  array: '[]interface',
  object: 'struct',
};

/** A compiled schema. */
interface Checker<T> {
  Check(value: unknown): value is T;
  Errors(value: unknown): readonly Issue[];
}

export function checkerOf<S extends TSchema>(schema: S): Checker<Static<S>> {
  const compiled = Compile(schema);
  return {
    Check: (value): value is Static<S> => compiled.Check(value),
    Errors: (value) => compiled.Errors(value),
  };
}

/** The named parameters out of a query string, with their types. Throws 36009004 naming the first that is wrong. */
export function parseQuery<T>(schema: TObject, checker: Checker<T>, query: ReadonlyMap<string, string>): T {
  const value: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const text = query.get(name);
    if (text !== undefined && text !== '') value[name] = fromText(text, property);
  }
  return check(checker, value);
}

/** An absent body counts as an empty one, so that the message can name the parameter that is missing. */
export function parseBody<T>(schema: TSchema, checker: Checker<T>, body: unknown): T {
  return check(checker, withoutBlanks(schema, body ?? {}));
}

/**
 * Seen live: an empty text counts as a parameter that was not sent. UNCONFIRMED for null, and for the [] that PHP
 * writes in place of an empty object; its most used client sends both in every call that ships a package.
 */
function withoutBlanks(schema: TSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = 'items' in schema ? asSchema(schema.items) : undefined;
    return items === undefined ? value : value.map((item) => withoutBlanks(items, item));
  }
  if (typeof value !== 'object' || value === null || !('properties' in schema)) return value;
  const properties = schema.properties as Record<string, TSchema>;
  const kept = Object.entries(value).flatMap(([name, given]: [string, unknown]) => {
    const property = properties[name];
    if (property === undefined) return [[name, given]];
    return isBlank(property, given) ? [] : [[name, withoutBlanks(property, given)]];
  });
  return Object.fromEntries(kept) as unknown;
}

function asSchema(value: unknown): TSchema | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

function isBlank(schema: TSchema, value: unknown): boolean {
  if (value === null || value === '') return true;
  return 'properties' in schema && isEmptyOrPhpEmpty(value);
}

function isEmptyOrPhpEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function check<T>(checker: Checker<T>, value: unknown): T {
  if (checker.Check(value)) return value;
  const issues = checker.Errors(value);
  // TikTok reads the types of the whole body before it looks for what is missing.
  const worst = issues.find(({ keyword }) => keyword === 'type') ?? issues[0];
  throw badParameter(worst === undefined ? 'The request is invalid.' : describe(worst, value));
}

/**
 * Wording as seen live for what is missing, of a wrong type or not on the list. UNCONFIRMED: of numbers and lists
 * beyond their limits.
 */
function describe({ keyword, instancePath, params, message }: Issue, value: unknown): string {
  const at = instancePath.split('/').slice(1);
  const missing = 'requiredProperties' in params ? params.requiredProperties : undefined;
  if (Array.isArray(missing) && missing.length > 0) {
    return `${spoken([...at, String(missing[0])])} is a required field and has not been provided.`;
  }
  const given = valueAt(value, at);
  if (keyword === 'type') return wrongType(at, given, 'type' in params ? String(params.type) : '');
  if ('allowedValues' in params && Array.isArray(params.allowedValues)) {
    if (typeof given !== 'string') return wrongType(at, given, 'string');
    return `${spoken(at)} is invalid, allowed values: ${params.allowedValues.join(',')}.`;
  }
  return `${spoken(at)} is invalid: it ${message}.`;
}

function wrongType(at: readonly string[], given: unknown, expected: string): string {
  const name = at.filter((part) => !/^\d+$/.test(part)).join('.');
  const actual = typeName(Array.isArray(given) ? 'array' : jsonTypeOf(given));
  return `param ${name === '' ? 'body' : name} type invalid. actual type:${actual}, expected type:${typeName(expected)}`;
}

/** `order_line_item_ids` is spoken of as `OrderLineItemIds`, `price.currency` as `Currency of Price`. */
function spoken(at: readonly string[]): string {
  const names = at.filter((part) => !/^\d+$/.test(part)).slice(-2);
  const capitals = names.map((name) =>
    name.replace(/(?:^|_)([a-z])/g, (_, first: string) => first.toUpperCase()),
  );
  return capitals.toReversed().join(' of ');
}

function jsonTypeOf(value: unknown): string {
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function typeName(type: string): string {
  return goTypes[type] ?? type;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined;
  }, value);
}

function fromText(text: string, schema: TSchema): unknown {
  const type = 'type' in schema ? schema.type : undefined;
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'array') return text.split(',').map((item) => item.trim());
  return text;
}
