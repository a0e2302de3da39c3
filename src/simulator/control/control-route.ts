import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

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
