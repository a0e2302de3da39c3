import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { unknownNames } from './query-names.js';

interface QuerySchema {
  properties: Record<string, { wireName?: string }>;
}

/** Members of a query schema, by the name that queries arrive with. */
type Known = ReadonlyMap<string, string>;

const nothing: Known = new Map();

/**
 * A name in the query that a call does not know is never passed over in silence. Where it would narrow down what is read,
 * the call is refused with the names that there are: left aside, it would list everything. Where something is written, or
 * one thing is read, the call does what it says, and the answer tells in a `Warning` header.
 */
export function registerKnownQueryNames(api: FastifyInstance): void {
  api.addHook('preValidation', (request, reply, done) => {
    const schema = request.routeOptions.schema?.querystring as QuerySchema | undefined;
    const known = schema ? knownIn(schema) : nothing;
    const unknown = unknownNames(request.query, known);
    if (unknown.length === 0) return done();
    if (request.method === 'GET' && schema) return done(noSuchNames(unknown, known));
    warn(request, reply, unknown);
    done();
  });
}

/** Put together once for each schema: every call is checked. */
const knownBySchema = new WeakMap<QuerySchema, Known>();

function knownIn(schema: QuerySchema): Known {
  const held = knownBySchema.get(schema);
  if (held) return held;
  const named = Object.entries(schema.properties).map(
    ([name, { wireName }]) => [name, wireName ?? name] as const,
  );
  const known = new Map(named);
  knownBySchema.set(schema, known);
  return known;
}

function noSuchNames(unknown: readonly string[], known: Known): AppError {
  const next = `Known here: ${[...known.values()].join(', ')}.`;
  return new AppError('invalid-request', 'There is no such filter.', {
    details: unknown.map((field) => ({ field, message: 'is not known here', next })),
  });
}

function warn(request: FastifyRequest, reply: FastifyReply, unknown: readonly string[]): void {
  const names = unknown.map((name) => name.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')).join(', ');
  request.ignoredNames = unknown;
  reply.header('warning', `299 - "Not known here, and ignored: ${names}"`);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Names in the query that the call does not know. */
    ignoredNames: readonly string[] | null;
  }
}
