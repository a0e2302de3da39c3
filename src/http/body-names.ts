import type { FastifyInstance } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { JsonNumber } from '../formats/json.js';
import { inSlices, type SlicedWork } from '../formats/slices.js';
import type { Named } from '../logicbroker/schema.js';

/** What we look at in a JSON schema. */
export interface BodySchema {
  $ref?: string;
  type?: string;
  format?: string;
  items?: BodySchema;
  maxItems?: number;
  properties?: Record<string, BodySchema>;
}

type ReadBody = (schema: BodySchema, value: unknown) => SlicedWork<unknown>;
type ReadScalar = (type: string | undefined, value: unknown) => unknown;

/**
 * Logicbroker's server takes the names of a document in any case, and an empty text for a number, date or list as one
 * that was not sent; its clients rely on both (camelCase from JavaScript, blank weights from NetSuite). Names that the
 * schema does not know stay as they are: they are the ERP's own. Validation coerces the types of what rules read; the
 * copy that is kept gets the contract's types here, since that is what clients get back.
 */
export function registerBodyNames(api: FastifyInstance, schemas: readonly Named[]): void {
  const { read, readKept } = bodyReaders(schemas);
  api.addHook('preValidation', async (request) => {
    const schema = request.routeOptions.schema?.body as BodySchema | undefined;
    if (schema === undefined) return;
    request.body = await inSlices(read(schema, request.body));
    if (!request.received) return;
    const kept = await inSlices(readKept(schema, request.received.kept));
    request.received = { ...request.received, kept };
  });
}

/** `read` for what is validated, `readKept` for what is stored. */
export function bodyReaders(schemas: readonly Named[]): { read: ReadBody; readKept: ReadBody } {
  return {
    read: createBodyReader(schemas, (_type, value) => value),
    readKept: createBodyReader(schemas, inContractType),
  };
}

function createBodyReader(schemas: readonly Named[], readScalar: ReadScalar): ReadBody {
  const byRef = new Map<string, BodySchema>(
    schemas.map((schema) => [`${schema.$id}#`, schema as BodySchema]),
  );
  const spellings = new WeakMap<BodySchema, Map<string, string>>();

  function* read(schema: BodySchema, value: unknown): SlicedWork<unknown> {
    const resolved = resolve(schema);
    if (Array.isArray(value)) return yield* readList(resolved, value);
    if (!isPlain(value)) return readScalar(resolved.type, value);
    const { properties } = resolved;
    if (!properties) return value;
    const names = namesOf(resolved);
    const result: Record<string, unknown> = {};
    for (const [given, member] of Object.entries(value)) {
      const name = Object.hasOwn(properties, given) ? given : names.get(given.toLowerCase());
      const property = name === undefined ? undefined : properties[name];
      if (name === undefined || property === undefined) result[given] = member;
      else if (Object.hasOwn(result, name)) throw namedTwice(name);
      else if (!isBlank(resolve(property), member)) {
        result[name] = isScalar(member)
          ? readScalar(resolve(property).type, member)
          : yield* read(property, member);
      }
    }
    yield;
    return result;
  }

  /** One that is longer than allowed stays as it is: validation refuses it. */
  function* readList({ items, maxItems = Infinity }: BodySchema, list: unknown[]): SlicedWork<unknown> {
    if (!items || list.length > maxItems) return list;
    const result: unknown[] = [];
    for (const item of list) result.push(yield* read(items, item));
    return result;
  }

  function resolve(schema: BodySchema): BodySchema {
    return (schema.$ref === undefined ? undefined : byRef.get(schema.$ref)) ?? schema;
  }

  function namesOf(schema: BodySchema): Map<string, string> {
    const known = spellings.get(schema);
    if (known) return known;
    const names = Object.keys(schema.properties ?? {}).map((name) => [name.toLowerCase(), name] as const);
    const made = new Map(names);
    spellings.set(schema, made);
    return made;
  }

  return read;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || value instanceof JsonNumber;
}

/** Not our `JsonNumber`, which is an object as well. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isBlank({ type, format }: BodySchema, value: unknown): boolean {
  if (value === null) return true;
  const isText = type === 'string' && format === undefined;
  return !isText && typeof value === 'string' && value.trim() === '';
}

/** What validation accepts in place of the type, in the type; anything else it has refused. */
function inContractType(type: string | undefined, value: unknown): unknown {
  const text = textOf(value);
  if (text === null) return value;
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' || text === '1';
  if ((type === 'number' || type === 'integer') && typeof value === 'string') {
    return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? new JsonNumber(text) : Number(text);
  }
  return value;
}

function textOf(value: unknown): string | null {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Which of the two was meant is not ours to guess. */
function namedTwice(name: string): AppError {
  return new AppError('invalid-document', 'The document is not valid.', {
    details: [{ field: name, message: 'is named twice, in different cases' }],
  });
}
