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
  instancePath: string;
  message: string;
  params: object;
}

/** A compiled schema. */
export interface Checker<T> {
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
export function parseBody<T>(checker: Checker<T>, body: unknown): T {
  return check(checker, body ?? {});
}

function check<T>(checker: Checker<T>, value: unknown): T {
  if (checker.Check(value)) return value;
  const [first] = checker.Errors(value);
  throw badParameter(first === undefined ? 'A parameter is invalid.' : describe(first));
}

function describe(issue: Issue): string {
  const missing = 'requiredProperties' in issue.params ? issue.params.requiredProperties : undefined;
  const at = issue.instancePath.slice(1).replaceAll('/', '.');
  if (Array.isArray(missing) && missing.length > 0) {
    const name = [at, String(missing[0])].filter((part) => part !== '').join('.');
    return `The '${name}' parameter is missing.`;
  }
  return `The '${at === '' ? 'body' : at}' parameter is invalid: it ${issue.message}.`;
}

function fromText(text: string, schema: TSchema): unknown {
  const type = 'type' in schema ? schema.type : undefined;
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'array') return text.split(',').map((item) => item.trim());
  return text;
}
