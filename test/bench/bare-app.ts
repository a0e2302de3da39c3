/** What the product's start is held against: a Fastify app with typebox schemas and an OpenAPI document, and nothing else. */
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { Type } from 'typebox';

const app = fastify().withTypeProvider<TypeBoxTypeProvider>();
await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Bare', version: '1' } } });
for (let route = 0; route < Number(process.env['ROUTES']); route++) {
  app.get(
    `/route-${route}/:key`,
    {
      schema: {
        params: Type.Object({ key: Type.String() }),
        querystring: Type.Object({ page: Type.Optional(Type.Integer({ minimum: 0 })) }),
        response: { 200: Type.Object({ key: Type.String(), page: Type.Integer() }) },
      },
    },
    async (request) => ({ key: request.params.key, page: request.query.page ?? 0 }),
  );
}
process.once('SIGTERM', () => void app.close());
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
