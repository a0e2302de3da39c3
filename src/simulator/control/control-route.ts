import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

import { Type, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { checkerOf } from '../gateway/parameters.js';
import { ControlError } from './control-error.js';
import { Failure } from './control-schema.js';

export type ControlServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

type Tag = 'world' | 'orders' | 'products' | 'access' | 'webhooks' | 'watch';

/** What every route's documentation has in common. */
export function doc<S extends object>(tag: Tag, operationId: string, summary: string, schemas: S) {
  return { tags: [tag], operationId, summary, ...schemas };
}

export const failures = { '4xx': Failure };

/**
 * Checks with the schemas themselves. Fastify's default would change what came in: text to numbers, null to 0, and
 * fields it does not know silently dropped. Only what can be nothing but text (path and query) is converted.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const checker = checkerOf(schema);
  return (value: unknown) => {
    const given = httpPart === 'body' ? (value ?? {}) : Value.Convert(schema, value);
    if (checker.Check(given)) return { value: given };
    return { error: new ControlError(400, `${httpPart ?? 'request'}${whatIsWrong(schema, given)}`) };
  };
};

function whatIsWrong(schema: TSchema, given: unknown): string {
  const [issue] = Type.IsUnion(schema) ? issuesOfChoice(schema.anyOf, given) : Value.Errors(schema, given);
  return `${issue?.instancePath ?? ''} ${issue?.message ?? 'is invalid'}`;
}

/** Of several shapes that differ by `kind` or `type`, only the one that was meant tells what is wrong. */
function issuesOfChoice(
  shapes: readonly TSchema[],
  given: unknown,
): { instancePath: string; message: string }[] {
  const objects = shapes.filter((shape) => Type.IsObject(shape));
  const name = objects.some(({ properties }) => 'kind' in properties) ? 'kind' : 'type';
  const named = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const value: unknown = Object.fromEntries(named)[name];
  const choices = objects.flatMap(({ properties }) => properties[name] ?? []);
  const meant = objects.find(({ properties }) => Value.Check(properties[name] ?? Type.Never(), value));
  if (meant) return Value.Errors(meant, given);
  return [{ instancePath: `/${name}`, message: `must be one of ${choices.flatMap(namesOf).join(', ')}` }];
}

function namesOf(choice: TSchema): unknown[] {
  if ('const' in choice) return [choice.const];
  return 'enum' in choice && Array.isArray(choice.enum) ? choice.enum : [];
}
