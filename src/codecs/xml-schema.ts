import { xmlElement, xmlText } from '../formats/xml-writer.js';
import { fileShapes, namedSchemas, schemaOf, singular, type JsonSchema } from './document-shape.js';

const SCALARS: Readonly<Record<string, string>> = {
  string: 'Text',
  number: 'Number',
  integer: 'Number',
  boolean: 'Flag',
};

type Attributes = Readonly<Record<string, string>>;

const xs = (name: string, attributes: Attributes = {}, ...inside: string[]): string =>
  xmlElement(`xs:${name}`, inside.join(''), attributes);

/** Nothing at all, said aloud: JSON's null. */
const NIL = xs('attribute', { name: 'nil', type: 'xs:boolean' });

/** What a value is that the API does not name: anything, with the name that it has in JSON. */
const MEMBER = xs(
  'complexType',
  { name: 'Member', mixed: 'true' },
  xs(
    'sequence',
    {},
    xs('any', { namespace: '##any', processContents: 'skip', minOccurs: '0', maxOccurs: 'unbounded' }),
  ),
  xs('attribute', { name: 'name', type: 'xs:string', use: 'required' }),
  xs('attribute', { name: 'type', type: 'MemberType' }),
  NIL,
);

const MEMBER_TYPE = xs(
  'simpleType',
  { name: 'MemberType' },
  xs(
    'restriction',
    { base: 'xs:string' },
    ...['text', 'number', 'flag', 'object', 'list'].map((value) => xs('enumeration', { value })),
  ),
);

/**
 * The XML Schema of the files that `xmlCodec` writes, made of the schemas that OpenAPI shows. Members stand in any order; one that is nil is empty,
 * and so is what the schema says of its text.
 */
export function documentsXsd(): string {
  const kinds = Object.values(fileShapes);
  const used = new Set<string>();
  for (const { schema } of kinds) collect(schema, used);
  const roots = kinds.flatMap(({ name, plural, schema }) => [
    xs('element', { name, type: schema }),
    xs('element', { name: plural }, list(name, { $ref: schema })),
  ]);
  const types = [...used].map((id) => objectType(namedSchemas.get(id) ?? {}, id));
  const parts = [
    ...roots,
    // Answers to calls, which hold what the call says.
    xs('element', { name: 'LBMessage', type: 'xs:anyType' }),
    ...types,
    scalar('Text', null),
    scalar('Number', String.raw`(-?[0-9]+(\.[0-9]+)?([eE][+\-]?[0-9]+)?)?`),
    scalar('Flag', '(true|false)?'),
    MEMBER,
    MEMBER_TYPE,
  ];
  const head = { 'xmlns:xs': 'http://www.w3.org/2001/XMLSchema', elementFormDefault: 'unqualified' };
  const body = xmlElement('xs:schema', `\n${parts.join('\n')}\n`, head);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`;
}

/** Names of all schemas that one leads to. */
function collect(id: string, into: Set<string>): void {
  if (into.has(id)) return;
  into.add(id);
  walk(namedSchemas.get(id) ?? {}, into);
}

function walk(schema: JsonSchema, into: Set<string>): void {
  if (schema.$ref) collect(schema.$ref.replace(/#$/, ''), into);
  if (schema.items) walk(schema.items, into);
  for (const member of Object.values(schema.properties ?? {})) walk(member, into);
}

/** @param id of a type that stands by itself; left out within an element */
function objectType(schema: JsonSchema, id?: string): string {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => element(name, member));
  return xs(
    'complexType',
    id === undefined ? {} : { name: id },
    documentation(schema),
    xs(
      'choice',
      { minOccurs: '0', maxOccurs: 'unbounded' },
      ...members,
      xs('element', { name: 'Member', type: 'Member' }),
    ),
    NIL,
  );
}

function element(name: string, schema: JsonSchema): string {
  const about = documentation(schema);
  if (schema.$ref) return named(name, schema.$ref.replace(/#$/, ''), about);
  if (schema.type === 'object') return xs('element', { name }, objectType(schema));
  if (schema.type === 'array')
    return xs('element', { name }, about, list(singular(name), schema.items ?? {}));
  return named(name, SCALARS[schema.type ?? ''] ?? 'Text', about);
}

/** A reference to what is no object is written out. */
function named(name: string, type: string, about: string): string {
  const target = schemaOf({ $ref: type });
  const isScalar = target.type !== undefined && target.type !== 'object';
  return isScalar ? element(name, target) : xs('element', { name, type }, about);
}

function list(item: string, items: JsonSchema): string {
  const each = element(item, items).replace('xs:element', 'xs:element minOccurs="0" maxOccurs="unbounded"');
  return xs('complexType', {}, xs('sequence', {}, each), NIL);
}

/** @param pattern of its text; null: any */
function scalar(name: string, pattern: string | null): string {
  const base = pattern === null ? 'xs:string' : `${name}Text`;
  const type = xs('complexType', { name }, xs('simpleContent', {}, xs('extension', { base }, NIL)));
  if (pattern === null) return type;
  const text = xs(
    'simpleType',
    { name: base },
    xs('restriction', { base: 'xs:string' }, xs('pattern', { value: pattern })),
  );
  return `${text}\n${type}`;
}

function documentation({ description }: JsonSchema): string {
  return description === undefined ? '' : xs('annotation', {}, xs('documentation', {}, xmlText(description)));
}
