import { readFile } from 'node:fs/promises';
import t from 'tap';
import { apiOpenApiText } from '../../src/api-routes.js';

const root = new URL('../../../', import.meta.url);

await t.test(
  'openapi/openapi.json is what the routes say; else write it with `npm run openapi`',
  async (t) => {
    const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
      version: string;
    };
    const written = await readFile(new URL('openapi/openapi.json', root), 'utf8');
    t.equal(written, await apiOpenApiText({ version }));
  },
);

await t.test(
  'every operation has a summary, errors in the envelope and components with real names',
  async (t) => {
    const document = JSON.parse(await apiOpenApiText({ version: '0' })) as {
      paths: Record<string, Record<string, { summary?: string; responses: Record<string, object> }>>;
      components: { schemas: Record<string, object> };
    };
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        t.ok(operation.summary, `${method} ${path}`);
        t.match(JSON.stringify(operation.responses['400']), '#/components/schemas/ErrorMessage');
        t.ok(operation.responses['401']);
      }
    }
    t.notMatch(Object.keys(document.components.schemas).join(' '), 'def-');
    t.match(document.components.schemas, { SalesOrder: {}, Shipment: {}, OrderLine: {} });
  },
);
