import type { KeyActor } from '../companies/actor.js';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The versions that stand side by side. They differ in envelopes only, see `envelope.ts`. */
export const apiVersions = ['v1', 'v2', 'v3'] as const;
export type ApiVersion = (typeof apiVersions)[number];

/** What a module of routes is registered on: paths below `/api/<version>`, the caller known. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type RouteModule = (api: Api, version: ApiVersion) => void;

/** A body as it came: `text` is hashed for Idempotency-Key, `kept` has every number in the digits that were sent. */
interface ReceivedBody {
  text: string;
  kept: unknown;
}

/** Calls that share a token bucket. */
export type RateClass = 'default' | 'search' | 'keys' | 'bulk';

/** Bodies as callers send them, by name. */
export type BodyExamples = Record<string, { summary: string; value: object }>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route below /api before anything else happens: the actor whose key came with the call. */
    caller: KeyActor;
    received: ReceivedBody | null;
    /** For the log line of the request: what its answer was about. */
    errorCode: string | null;
  }
  interface FastifyContextConfig {
    /** How the OpenAPI document writes the prefix of filters; `Filters` unless the contract has it otherwise. */
    filterPrefix?: 'Filters' | 'filters' | '';
    /** The route takes files, which may take longer to arrive than other bodies. */
    takesFiles?: boolean;
    /** The answer holds a secret that is stored nowhere, so it cannot be given again for an Idempotency-Key. */
    answersSecret?: boolean;
    /** Media types that the route answers in besides JSON. */
    alsoAnswers?: readonly string[];
    rateClass?: RateClass;
    /** Bodies as callers send them, shown with the route in the OpenAPI document, by name. */
    bodyExamples?: BodyExamples;
    /** An answer as callers get it, shown in the same place. */
    answerExample?: object;
  }
}
