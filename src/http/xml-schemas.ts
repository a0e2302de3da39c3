import type { FastifyInstance } from 'fastify';
import { documentsXsd } from '../codecs/xml-schema.js';

const PATH = '/schemas/documents.xsd';

/** The XML Schema of documents, open to everybody as OpenAPI is: what validates files has no key. */
export function registerXmlSchemas(app: FastifyInstance): void {
  const text = documentsXsd();
  app.get(PATH, { schema: { hide: true }, exposeHeadRoute: true }, (_request, reply) =>
    reply.type('application/xml; charset=utf-8').header('cache-control', 'max-age=3600').send(text),
  );
}
