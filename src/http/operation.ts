import type { TSchema } from 'typebox';
import { ErrorMessage } from '../logicbroker/envelopes.js';
import { ref, type Named } from '../logicbroker/schema.js';
import type { ApiVersion } from './api.js';

interface OperationParts<P extends TSchema, Q extends TSchema, B extends TSchema> {
  description?: string;
  params?: P;
  querystring?: Q;
  body?: B;
  /** The answer when it went well; a text says what a 204 means. */
  ok: Named | string;
  okStatus?: 200 | 201;
  /** The call takes files, which need room. */
  takesFiles?: boolean;
}

const errorAnswers = {
  400: 'The request or document is not valid, or a rule forbids it; nothing was stored.',
  401: 'No API key, or not a valid one.',
  404: 'Your company has no document or object with this key.',
  409: 'Another call works on the same document, or the connection cannot work just now.',
  412: 'The document changed since you read it (If-Match).',
  413: 'The file is larger than this service takes.',
  422: 'The Idempotency-Key was used for another call.',
  429: 'Too many calls; Retry-After says when to come back.',
  503: 'The store cannot be reached just now; Retry-After says when to come back.',
  507: 'There is no room for the file just now; Retry-After says when to come back.',
} as const;

/** Schema of a route: what validation checks, handlers are typed by and the OpenAPI document says. */
export function operation<P extends TSchema, Q extends TSchema, B extends TSchema>(
  version: ApiVersion,
  name: string,
  tag: string,
  summary: string,
  parts: OperationParts<P, Q, B>,
) {
  const { ok, okStatus = 200, params, querystring, body, description, takesFiles = false } = parts;
  const statuses = [
    400,
    401,
    ...(params ? [404] : []),
    ...(body ? [409] : []),
    ...(takesFiles ? [413] : []),
    ...(body ? [422] : []),
    429,
    503,
    ...(takesFiles ? [507] : []),
  ];
  const errors = statuses.map((status) => [
    status,
    answer(errorAnswers[status as keyof typeof errorAnswers], ErrorMessage),
  ]);
  return {
    operationId: `${name}${version.toUpperCase()}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(params === undefined ? {} : { params }),
    ...(querystring === undefined ? {} : { querystring }),
    ...(body === undefined ? {} : { body }),
    response: {
      ...(typeof ok === 'string'
        ? { 204: { description: ok, type: 'null' } }
        : { [okStatus]: answer(ok.description, ok) }),
      ...Object.fromEntries(errors),
    },
  } as {
    params: P;
    querystring: Q;
    body: B;
  };
}

function answer(description: unknown, schema: Named): object {
  return { description, content: { 'application/json': { schema: ref(schema) } } };
}
