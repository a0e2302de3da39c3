import { Type, type Static, type TOptional, type TSchema, type TProperties, type TObject } from 'typebox';

/**
 * Builders for Logicbroker's vocabulary (CommerceAPI v3). A named schema becomes a component of the OpenAPI document;
 * `ref` points to it and keeps its static type. Unknown properties are always allowed: an ERP's own additions are kept.
 */

export type Named<T extends TSchema = TSchema> = T & { $id: string; description: string };

type AllOptional<P extends TProperties> = { [K in keyof P]: TOptional<P[K]> };

/** An object of the contract: `required` properties must be there, all others may be left out (or null in requests). */
export function named<R extends TProperties, O extends TProperties>(
  id: string,
  description: string,
  required: R,
  optional: O,
): Named<TObject<R & AllOptional<O>>> {
  const properties: TProperties = { ...required };
  for (const [name, schema] of Object.entries(optional)) properties[name] = Type.Optional(schema);
  const schema = Type.Object(properties, { $id: id, description, additionalProperties: true });
  return schema as unknown as Named<TObject<R & AllOptional<O>>>;
}

export function ref<T extends Named>(schema: T) {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}

export function listOf<T extends Named>(schema: T, description?: string) {
  return Type.Array(ref(schema), described(description));
}

/** Of lines and of everything else that a document has several of: no order has more pieces, and no honest document either. */
const MOST_PARTS = 1_000;

/** A list within a document that callers send. */
export function partsOf<T extends Named>(schema: T, description?: string) {
  return Type.Array(ref(schema), { maxItems: MOST_PARTS, ...described(description) });
}

export function text(description?: string, example?: string) {
  return Type.String({
    ...described(description),
    ...(example === undefined ? {} : { examples: [example] }),
  });
}

export function int32(description?: string) {
  return Type.Integer({ format: 'int32', ...described(description) });
}

export function int64(description?: string) {
  return Type.Integer({ format: 'int64', ...described(description) });
}

/** A JSON number that we write from the exact decimal, never from a float. */
export function decimal(description?: string) {
  return Type.Number({ format: 'double', ...described(description) });
}

export function flag(description?: string) {
  return Type.Boolean(described(description));
}

/** ISO 8601; a time without a zone is UTC. */
export function dateTime(description?: string) {
  return Type.String({ format: 'date-time', ...described(description) });
}

export function oneOf(values: number[], description?: string) {
  return Type.Unsafe<number>({ type: 'integer', format: 'int32', enum: values, ...described(description) });
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}
