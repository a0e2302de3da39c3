import { readFile } from 'node:fs/promises';
import t from 'tap';
import { apiOpenApi } from '../../src/compose/api-routes.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { readAcknowledgement } from '../../src/logicbroker/read-acknowledgement.js';
import { readShipment } from '../../src/logicbroker/read-shipment.js';
import { productVersion } from '../../src/kernel/version.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';

interface Media {
  schema?: { $ref?: string };
  example?: { Records?: object[]; Body?: object };
  examples?: Record<string, { summary: string; value: JsonObject | JsonObject[] }>;
}

interface Operation {
  summary?: string;
  requestBody?: { content: { 'application/json': Media } };
  responses: Record<string, { content?: { 'application/json': Media } }>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = (await apiOpenApi({ version: productVersion() })) as OpenApi;

await t.test('openapi/openapi.json is what the routes say (npm run openapi writes it)', async (t) => {
  const file = new URL('../../../openapi/openapi.json', import.meta.url);
  t.equal(await readFile(file, 'utf8'), `${JSON.stringify(document, null, 2)}\n`);
});

await t.test('an upload is a form with a file, for people and for generators', (t) => {
  const uploads = Object.entries(document.paths).flatMap(([path, { post }]) =>
    JSON.stringify(post?.requestBody ?? '').includes('InventoryUpload') ? [{ path, post: post! }] : [],
  );
  t.ok(uploads.length >= 9, 'three uploads in three versions');
  for (const { path, post } of uploads) {
    const content = post.requestBody!.content as Record<string, object>;
    t.equal(Object.keys(content)[0], 'multipart/form-data', path);
    const schema = {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'binary' } },
    };
    t.match(content['multipart/form-data'], { schema });
    t.match(content['text/csv'], { schema: { type: 'string' } });
  }
  t.end();
});

await t.test('v3 stands first, and every error status shows its own answer', (t) => {
  const versions = Object.keys(document.paths).map((path) => /^\/api\/(v\d)/.exec(path)?.[1] ?? '');
  t.strictSame(versions, versions.toSorted().toReversed());
  const seen = new Map<string, string>();
  for (const methods of Object.values(document.paths)) {
    for (const { responses } of Object.values(methods)) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const example = content?.['application/json'].example as { Code?: string } | undefined;
        t.equal(example?.Code, status);
        seen.set(status, JSON.stringify(example));
      }
    }
  }
  t.equal(new Set(seen.values()).size, seen.size);
  t.end();
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

/** Documents and feeds; what a bulk call or a mark takes is told by its schema. */
const SHOWN = ['Acknowledgement', 'Shipment', 'Return', 'InventoryUpload'];

/** What the examples name and nobody has here. */
const MISSING = ['PartnerPO', 'ReturnNumber', 'Puts[0].Profile'];

const readers: Record<string, (document: JsonObject) => unknown> = {
  Acknowledgement: readAcknowledgement,
  Shipment: readShipment,
};

await t.test('every call that takes a document shows whole ones, which it would take', async (t) => {
  const { call, seller } = await testApi(t, await testDatabase(t));
  let shown = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      const { schema, examples } = requestBody?.content['application/json'] ?? {};
      const name = schema?.$ref?.split('/').at(-1) ?? '';
      if (SHOWN.includes(name)) t.ok(examples, `${method} ${path}`);
      for (const { summary, value } of Object.values(examples ?? {})) {
        shown += 1;
        t.ok(summary);
        const url = path
          .replace('{partnerId}', String(seller.partnerId))
          .replaceAll(/\{(LogicbrokerKey|WebhookId|RecipientId|ServerId)\}/g, '1001');
        const answer = await call(method.toUpperCase() as 'POST' | 'PUT', url, { payload: value });
        if (name === 'InventoryUpload') {
          t.match(answer.json(), {
            Code: '200',
            Imports: [{ Counts: { Errors: 0, Rows: [value].flat().length } }],
          });
        } else {
          // No order or document of the examples is here; the examples themselves have nothing wrong.
          const isFree = answer.statusCode === 404 || answer.statusCode === 200;
          const found = (isFree ? [] : answer.json().Body[0].Details) as { Field: string }[];
          t.ok(isFree || found.every(({ Field }) => MISSING.includes(Field)), answer.body);
          readers[name]?.(parseJson(JSON.stringify(value)) as JsonObject);
        }
      }
    }
  }
  t.ok(shown > 30, `${shown} examples`);
});

await t.test('the list of deadlines is shown in the envelope of each version', async (t) => {
  const exampleOf = (version: string) =>
    document.paths[`/api/${version}/Deadlines`]?.['get']?.responses['200']?.content?.['application/json']
      .example;
  t.match(exampleOf('v1'), { Code: '200', Body: { Deadlines: [{ Kind: String }, {}], TotalRecords: 2 } });
  t.match(exampleOf('v3'), { Records: [{ Kind: String, AtDeadline: String }, {}], TotalRecords: 2 });
});
