// Cuts Shopify's introspection dump of one API version to what our operations can reach, for the double to validate against.
//
//   npm pack @shopify/dev-mcp@1.16.0 && tar xzf shopify-dev-mcp-1.16.0.tgz
//   npm run build
//   node scripts/cut-shopify-schema.mjs package/dist/data/admin_2026-10.json.gz
//
// Kept: of each type that an operation selects from all fields that lead to a kept type, a scalar or an enum, deprecations
// included; input types and enums whole. Of queries and mutations those that are sent. Descriptions go.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  buildClientSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  parse,
  printSchema,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import * as operations from '../dist/src/channels/shopify/shopify-operations.js';

const [, , dump] = process.argv;
const version = operations.SHOPIFY_API_VERSION;
if (!dump?.includes(version)) throw new Error(`Give the dump of ${version}: admin_${version}.json.gz`);
const told = JSON.parse(gunzipSync(readFileSync(dump)).toString());
const introspection = told.data ?? told;
const schema = buildClientSchema(introspection);

const selected = new Set();
const roots = new Map([
  [schema.getQueryType().name, new Set()],
  [schema.getMutationType().name, new Set()],
]);
for (const { text } of Object.values(operations).filter((one) => typeof one === 'object')) {
  const document = parse(text);
  const problems = validate(schema, document);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(field) {
        const parent = info.getParentType();
        if (parent && roots.has(parent.name)) roots.get(parent.name).add(field.name.value);
        else if (parent) selected.add(parent.name);
        const answered = getNamedType(info.getType());
        if (isCompositeType(answered)) selected.add(answered.name);
      },
    }),
  );
}

const named = (reference) => (reference.ofType ? named(reference.ofType) : reference);
const inputs = new Set();
const take = (name) => {
  const type = schema.getType(name);
  if (!type || inputs.has(name)) return;
  inputs.add(name);
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) take(getNamedType(field.type).name);
};
const whole = introspection.__schema;
const types = [];
for (const type of whole.types) {
  const root = roots.get(type.name);
  if (!root && !selected.has(type.name)) continue;
  const fields = (type.fields ?? []).filter((field) => {
    if (root && !root.has(field.name)) return false;
    const target = named(field.type);
    return root?.has(field.name) || selected.has(target.name) || ['SCALAR', 'ENUM'].includes(target.kind);
  });
  for (const field of fields) {
    take(named(field.type).name);
    for (const argument of field.args) take(named(argument.type).name);
  }
  const interfaces = (type.interfaces ?? []).filter(({ name }) => selected.has(name));
  const possibleTypes = type.possibleTypes?.filter(({ name }) => selected.has(name)) ?? null;
  types.push({ ...type, fields, interfaces, possibleTypes });
}
const kept = new Set(types.map(({ name }) => name));
for (const type of whole.types) {
  const isNeeded = inputs.has(type.name) || (type.kind === 'SCALAR' && type.name === 'Boolean');
  const live = schema.getType(type.name);
  if (kept.has(type.name) || type.name.startsWith('__')) continue;
  if (
    isNeeded &&
    !isObjectType(live) &&
    (isEnumType(live) || isInputObjectType(live) || type.kind === 'SCALAR')
  )
    types.push(type);
}
const bare = JSON.parse(
  JSON.stringify({ __schema: { ...whole, types, directives: [], subscriptionType: null } }, (key, value) =>
    key === 'description' || key === 'specifiedByURL' ? null : value,
  ),
);
const head = `# Shopify's GraphQL Admin API ${version}, cut by scripts/cut-shopify-schema.mjs to what this program's operations reach.
# From dist/data/admin_${version}.json.gz of the npm package @shopify/dev-mcp 1.16.0, (c) Shopify Inc., ISC licence:
# permission to use, copy, modify and distribute it with or without fee is granted; it comes without warranty.
`;
const path = `src/doubles/shopify/admin-${version}.graphql`;
writeFileSync(path, `${head}\n${printSchema(buildClientSchema(bare))}\n`);
process.stdout.write(`${path}: ${types.length} of ${whole.types.length} types\n`);
