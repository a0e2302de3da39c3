import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig, FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { standingOf, type OperationStanding } from '../logicbroker/own-operations.js';
import { apiVersions } from './api.js';
import { errorExamples } from './error-examples.js';

const DESCRIPTION = `
Logicbroker-compatible API between a seller's ERP and TikTok Shop: the same paths, documents and statuses as Logicbroker's
CommerceAPI, in the versions v1, v2 and v3 side by side. Versions differ in the envelopes of their lists only: v1 answers
\`{Code, Message, Body}\` with the documents under their name, v2 and v3 a bare \`{Records, TotalPages, CurrentPage,
TotalRecords}\`. Paths and query names are case-insensitive, and the prefix of filters may be left out. Pages count from 0.

Send the key as query parameter \`subscription-key\` or, better (addresses end up in logs), as header \`SubscriptionKey\`.
Calls that write take an \`Idempotency-Key\`: for a day the first answer is given again. Refused calls answer
\`{Code, Message, Body: [{Errors}]}\`; 429 and 503 say in \`Retry-After\` when to come back.

Calls that Logicbroker does not have stand in v3 and say so. v1 and v2 keep those that they had, marked as deprecated.`.trim();

export interface Tag {
  name: string;
  description: string;
}

/** Of everything that is no kind of document. */
const tags: Tag[] = [
  { name: 'Inventory', description: 'What there is and what it costs, and which SKU in TikTok is which.' },
  { name: 'Deadlines', description: 'What must be shipped or answered by a time, the most urgent first.' },
  { name: 'Deliveries', description: 'Documents as files, by delivery profile: on their way to you.' },
  { name: 'Statuses', description: 'The statuses that documents can have.' },
  { name: 'Partners', description: 'Your TikTok shops.' },
  { name: 'Settings', description: 'What runs when, and running it now.' },
  { name: 'ActivityEvents', description: 'The history of documents and connections.' },
  { name: 'Alerts', description: 'What is wrong, and who is told of it.' },
  { name: 'Webhooks', description: 'Addresses of yours that are told of what changes.' },
];

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

/** Makes the OpenAPI document from the schemas of the routes; register before the routes. */
export async function registerOpenApi(
  app: FastifyInstance,
  { version, documentTags }: { version: string; documentTags: readonly Tag[] },
): Promise<void> {
  const examples = new Map<string, Examples>();
  app.addHook('onRoute', ({ config, schema }) => {
    const { operationId } = (schema ?? {}) as { operationId?: string };
    if (operationId === undefined || !config) return;
    const { bodyExamples: body, answerExample: answer, takesFiles, takesDocuments, alsoAnswers } = config;
    examples.set(operationId, { body, answer, takesFiles, takesDocuments, alsoAnswers });
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'TikTok Shop connector',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [...documentTags, ...tags],
      components: {
        securitySchemes: {
          'subscription-key': { type: 'apiKey', in: 'query', name: 'subscription-key' },
          SubscriptionKey: { type: 'apiKey', in: 'header', name: 'SubscriptionKey' },
        },
      },
      security: [{ 'subscription-key': [] }, { SubscriptionKey: [] }],
    },
    refResolver: { buildLocalReference: (schema) => schema['$id'] as string },
    transform: withWireNames,
    transformObject: (document) => withExamples(document, examples),
  });
}

interface Examples {
  body: FastifyContextConfig['bodyExamples'];
  answer: FastifyContextConfig['answerExample'];
  takesFiles: FastifyContextConfig['takesFiles'];
  takesDocuments: FastifyContextConfig['takesDocuments'];
  alsoAnswers: FastifyContextConfig['alsoAnswers'];
}
type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;

interface DescribedOperation {
  operationId?: string;
  requestBody?: { content: DescribedContent };
  responses?: Record<string, { content?: DescribedContent }>;
}

type DescribedContent = Record<string, { schema?: object; example?: object; examples?: object }>;

/** Examples stand beside a schema that is only referred to, where the generator leaves no place for them. */
function withExamples(
  document: Parameters<TransformObject>[0],
  examples: ReadonlyMap<string, Examples>,
): ReturnType<TransformObject> {
  const object = 'openapiObject' in document ? document.openapiObject : document.swaggerObject;
  for (const methods of Object.values(object.paths ?? {})) {
    for (const described of Object.values<DescribedOperation>(methods ?? {})) {
      const parts = examples.get(described.operationId ?? '');
      const { body, answer, takesFiles, takesDocuments, alsoAnswers = [] } = parts ?? {};
      const json = described.requestBody?.content['application/json'];
      if (body && json) json.examples = body;
      const content = described.responses?.['200']?.content?.['application/json'];
      if (answer && content) content.example = answer;
      if (takesFiles && described.requestBody)
        described.requestBody.content = fileContent(described.requestBody.content);
      if (takesDocuments && described.requestBody)
        Object.assign(described.requestBody.content, filesOf(alsoAnswers));
      const good = described.responses?.['200']?.content;
      if (good) Object.assign(good, filesOf(alsoAnswers));
      withErrorExamples(described);
    }
  }
  object.paths = newestFirst(object.paths ?? {});
  return object;
}

/** A form with a file first, since that is what the page of the document offers a choice of files for. */
function fileContent({ 'application/json': json }: DescribedContent): DescribedContent {
  const file = { type: 'string', format: 'binary', description: 'CSV or XLSX.' };
  return {
    'multipart/form-data': { schema: { type: 'object', required: ['file'], properties: { file } } },
    'text/csv': { schema: { type: 'string', description: 'The file itself.' } },
    'application/json': json!,
  };
}

/** Files of documents; docs/files.md says how they look. */
function filesOf(mediaTypes: readonly string[]): DescribedContent {
  return Object.fromEntries(
    mediaTypes.map((type) => {
      const isBinary = type.startsWith('application/vnd.');
      return [type, { schema: { type: 'string', ...(isBinary && { format: 'binary' }) } }];
    }),
  );
}

function withErrorExamples({ responses = {} }: DescribedOperation): void {
  for (const [status, { content }] of Object.entries(responses)) {
    const [json, example] = [content?.['application/json'], errorExamples[status]];
    if (json && example) json.example = example;
  }
}

/** The versions stand behind each other in every group; who begins now begins with the last one. */
function newestFirst<Paths extends object>(paths: Paths): Paths {
  return Object.fromEntries(
    Object.entries(paths).toSorted(([a], [b]) => versionOf(b) - versionOf(a)),
  ) as Paths;
}

function versionOf(path: string): number {
  return Number(/^\/api\/v(\d)/.exec(path)?.[1] ?? 0);
}

/** The page that shows it; register after the swagger plugin. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: (policy) => policy.replace("frame-ancestors 'self'", "frame-ancestors 'none'"),
    uiHooks: {
      onRequest(_request, reply, done) {
        reply.header('referrer-policy', 'no-referrer');
        done();
      },
    },
    uiConfig: { docExpansion: 'none' },
  });
  // Where Logicbroker has its description, and where generators of clients look for it.
  for (const version of ['v1', 'v2', 'v3']) {
    app.get(`/swagger/docs/${version}`, { schema: { hide: true } }, (_request, reply) =>
      reply.redirect('/docs/json', 302),
    );
  }
  app.get('/swagger/ui/index', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs', 302));
}

/**
 * Inside, query names are lower-case and have no prefix; the document spells them as Logicbroker's contract does. The
 * header that all writing calls take is added here as well, and how a call stands beside Logicbroker's API.
 */
const withWireNames: Transform = ({ schema, url, route }) => {
  const shown: FastifySchema = { ...schema };
  if (schema.querystring) shown.querystring = spelled(schema.querystring, prefixOf(route));
  if (writes(route)) {
    shown.headers = {
      type: 'object',
      properties: {
        'Idempotency-Key': {
          type: 'string',
          maxLength: 255,
          description: 'For a day the first answer under this key is given again.',
        },
      },
    };
  }
  const standing = standingOfRoute(route, url);
  if (standing) {
    shown.description = [shown.description, standing.note].filter(Boolean).join('\n\n');
    shown.deprecated = standing.isDeprecated;
  }
  return { schema: shown, url };
};

function standingOfRoute({ method }: RouteOptions, url: string): OperationStanding | null {
  const [, version, path] = /^\/api\/(v\d)(\/.*)$/.exec(url) ?? [];
  const known = apiVersions.find((one) => one === version);
  if (!known || path === undefined) return null;
  return standingOf(known, [method].flat().join(), path.replaceAll(/:(\w+)/g, '{$1}'));
}

function prefixOf(route: RouteOptions): string {
  return route.config?.filterPrefix ?? 'Filters';
}

function writes({ method }: RouteOptions): boolean {
  return [method].flat().some((one) => one === 'POST' || one === 'PUT');
}

interface ObjectSchema {
  properties: Record<string, { wireName?: string }>;
  required?: string[];
}

function spelled(querystring: unknown, prefix: string): object {
  const { properties, required, ...rest } = querystring as ObjectSchema;
  const nameOf = (name: string): string => {
    const wireName = properties[name]?.wireName;
    return wireName ? `${prefix && `${prefix}.`}${wireName}` : name;
  };
  const renamed = Object.entries(properties).map(([name, property]) => {
    const { wireName, ...own } = property;
    return [wireName === undefined ? name : nameOf(name), own];
  });
  return {
    ...rest,
    properties: Object.fromEntries(renamed) as object,
    ...(required ? { required: required.map((name) => nameOf(name)) } : {}),
  };
}
