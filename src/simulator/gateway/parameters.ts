import { Type, type Static, type TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';

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

export function parseQuery<S extends TSchema>(
  validator: Validator<Record<never, never>, S>,
  query: ReadonlyMap<string, string>,
): Static<S> {
  const properties = propertiesOf(validator.Type());
  const value: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const text = query.get(name);
    if (text !== undefined && text !== '') value[name] = fromText(text, schema);
  }
  return check(validator, value);
}

/** An absent body counts as an empty one, so that the message can name the parameter that is missing. */
export function parseBody<S extends TSchema>(
  validator: Validator<Record<never, never>, S>,
  body: unknown,
): Static<S> {
  return check(validator, body ?? {});
}

function check<S extends TSchema>(validator: Validator<Record<never, never>, S>, value: unknown): Static<S> {
  if (validator.Check(value)) return value as Static<S>;
  const [first] = validator.Errors(value);
  throw badParameter(first === undefined ? 'A parameter is invalid.' : describe(first));
}

function describe(error: { instancePath: string; message: string; params: object }): string {
  const missing = 'requiredProperties' in error.params ? error.params.requiredProperties : undefined;
  const at = error.instancePath.slice(1).replaceAll('/', '.');
  if (Array.isArray(missing) && missing.length > 0) {
    const name = [at, String(missing[0])].filter((part) => part !== '').join('.');
    return `The '${name}' parameter is missing.`;
  }
  return `The '${at === '' ? 'body' : at}' parameter is invalid: it ${error.message}.`;
}

function propertiesOf(schema: object): Record<string, object> {
  return 'properties' in schema ? (schema.properties as Record<string, object>) : {};
}

function fromText(text: string, schema: object): unknown {
  const type = 'type' in schema ? schema.type : undefined;
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'array') return text.split(',').map((item) => item.trim());
  return text;
}
