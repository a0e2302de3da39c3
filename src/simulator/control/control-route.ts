import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

import type { TSchema } from 'typebox';
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

type Tag = 'world' | 'orders' | 'access' | 'watch';

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
    const [issue] = checker.Errors(given);
    const at = `${httpPart ?? 'request'}${issue?.instancePath ?? ''}`;
    return { error: new ControlError(400, `${at} ${issue?.message ?? 'is invalid'}`) };
  };
};
