import { readFile } from 'node:fs/promises';
import t from 'tap';
import { apiOpenApi } from '../../src/compose/api-routes.js';
import { productVersion } from '../../src/version.js';

interface OpenApi {
  paths: Record<string, Record<string, { summary?: string; responses: Record<string, object> }>>;
  components: { schemas: Record<string, object> };
}

const document = (await apiOpenApi({ version: productVersion() })) as OpenApi;

await t.test('openapi/openapi.json is what the routes say (npm run openapi writes it)', async (t) => {
  const file = new URL('../../../openapi/openapi.json', import.meta.url);
  t.equal(await readFile(file, 'utf8'), `${JSON.stringify(document, null, 2)}\n`);
});

await t.test('operations have summaries and errors in the envelope, components real names', async (t) => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      t.ok(operation.summary, `${method} ${path}`);
      t.match(JSON.stringify(operation.responses['400']), '#/components/schemas/ErrorMessage');
      t.ok(operation.responses['401']);
    }
  }
  t.notMatch(Object.keys(document.components.schemas).join(' '), 'def-');
  t.match(document.components.schemas, { SalesOrder: {}, Shipment: {}, OrderLine: {} });
});
