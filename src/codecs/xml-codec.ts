import { parseJson, writeJson, type JsonNumber } from '../formats/json.js';
import { isXmlName, xmlElement, xmlText } from '../formats/xml-writer.js';
import type { ErrorDetail } from '../kernel/errors.js';
import { isNumberText, object, type JsonObject } from '../logicbroker/json-reading.js';
import type { Codec } from './codec.js';
import { fileShapes, singular, type FileKind, type Shape } from './document-shape.js';
import { readXmlTree, type XmlNode } from './xml-tree.js';
import { keepNumber, readFlag } from './cell-values.js';

/**
 * XML with the names of the JSON API: `<SalesOrders><SalesOrder><OrderLines><OrderLine>`. A file with one document may leave the
 * outer element out. What the schema does not say is kept as a `Member` with its name, and its type where it is no text. The files are valid
 * by the schema in `xml-schema.ts`.
 */
export const xmlCodec: Codec = {
  mediaType: 'application/xml',
  extension: 'xml',
  write: (kind, documents) =>
    Buffer.from(`${XML_HEAD}${xmlElement(fileShapes[kind].plural, elementsOf(kind, documents))}\n`),
  async *stream(kind, pages) {
    const { plural } = fileShapes[kind];
    yield `${XML_HEAD}<${plural}>`;
    for await (const documents of pages()) yield `${elementsOf(kind, documents)}\n`;
    yield `</${plural}>\n`;
  },
  // eslint-disable-next-line require-await -- others wait
  async read(kind, bytes) {
    const root = readXmlTree(bytes);
    const found = kindOfRoot(root, kind);
    const { name, plural, shape } = fileShapes[found];
    const nodes = root.name === plural ? root.children : [root];
    const documents = nodes.map((node, index) => {
      const problems: ErrorDetail[] = [];
      if (node.name !== name)
        problems.push({ field: node.name, message: `is no ${name}: ${plural} holds nothing else` });
      const prefix = root.name === plural ? `${name}[${index}].` : '';
      return {
        kind: found,
        document: object(readValue(node, shape, '', problems)) satisfies JsonObject,
        problems: problems.map((detail) => ({ ...detail, field: prefix + (detail.field ?? '') })),
        placed: (detail: ErrorDetail) =>
          detail.field === undefined ? detail : { ...detail, field: prefix + detail.field },
      };
    });
    return { documents, problems: [] };
  },
};

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

function elementsOf(kind: FileKind, documents: readonly string[]): string {
  const { name, shape } = fileShapes[kind];
  return documents.map((text) => writeValue(name, object(parseJson(text)), shape)).join('\n');
}

/** One document by itself. */
export function writeOneXml(kind: FileKind, document: string): string {
  return `${XML_HEAD}${elementsOf(kind, [document])}\n`;
}

/** The root says it; what it is said to hold counts where nobody knows the root. */
function kindOfRoot(root: XmlNode, said: FileKind): FileKind {
  const known = Object.values(fileShapes).find(({ name, plural }) => [name, plural].includes(root.name));
  return known?.kind ?? said;
}

/** @param member of an object whose schema is known: what the schema does not say of it stands in `Member` */
function writeValue(
  name: string,
  value: unknown,
  shape: Shape | undefined,
  member: 'named' | 'unnamed' | null = null,
): string {
  if (value === undefined) return '';
  const { is, typed } = typeToWrite(value, shape);
  const isOther = member === 'unnamed' || (member === 'named' && typed !== null && value !== null);
  const [element, named] = isOther || !isXmlName(name) ? ['Member', { name }] : [name, {}];
  if (value === null) return xmlElement(element, '', { ...named, nil: 'true' });
  const all = typed === null ? named : { ...named, type: typed };
  if (is === 'list') {
    const of = shape?.is === 'list' ? shape.of : undefined;
    const item = shape?.is === 'list' ? shape.item : singular(name) === name ? 'Item' : singular(name);
    return xmlElement(
      element,
      (value as unknown[]).map((each) => writeValue(item, each ?? null, of)).join(''),
      all,
    );
  }
  if (is === 'object') {
    const members = shape?.is === 'object' ? shape.members : undefined;
    const inside = Object.entries(value as JsonObject).map(([key, each]) => {
      const known = members?.get(key);
      return writeValue(key, each, known, known ? 'named' : members ? 'unnamed' : null);
    });
    return xmlElement(element, inside.join(''), all);
  }
  return xmlElement(element, xmlText(scalarText(value)), all);
}

/** Text, and numbers and flags as they are written. */
function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value);
}

type Type = Shape['is'];

/** A value that is not what the schema says keeps its type as an attribute. */
function typeToWrite(value: unknown, shape: Shape | undefined): { is: Type; typed: Type | null } {
  const is = typeOf(value);
  return { is, typed: is === (shape?.is ?? 'text') ? null : is };
}

function typeOf(value: unknown): Type {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number' || isNumberText(value)) return 'number';
  if (typeof value === 'boolean') return 'flag';
  return typeof value === 'object' ? 'object' : 'text';
}

function readValue(node: XmlNode, shape: Shape | undefined, path: string, problems: ErrorDetail[]): unknown {
  if ((node.attributes['nil'] ?? node.attributes['xsi:nil']) === 'true') return null;
  const is =
    (node.attributes['type'] as Type | undefined) ??
    shape?.is ??
    (node.children.length > 0 ? 'object' : 'text');
  switch (is) {
    case 'list': {
      const of = shape?.is === 'list' ? shape.of : undefined;
      return node.children.map((child, index) => readValue(child, of, `${path}[${index}]`, problems));
    }
    case 'object':
      return readObject(node, shape, path, problems);
    case 'number':
      return readNumber(node.text.trim(), path, problems);
    case 'flag': {
      const flag = readFlag(node.text);
      if (flag === undefined) problems.push({ field: path, message: 'must be true or false' });
      return flag;
    }
    default:
      if (node.children.length > 0)
        problems.push({ field: path, message: 'must be text, without elements in it' });
      return node.text;
  }
}

function readObject(
  node: XmlNode,
  shape: Shape | undefined,
  path: string,
  problems: ErrorDetail[],
): JsonObject {
  const members = shape?.is === 'object' ? shape.members : undefined;
  const read: JsonObject = {};
  for (const child of node.children) {
    const name = child.name === 'Member' ? (child.attributes['name'] ?? child.name) : child.name;
    const place = path === '' ? name : `${path}.${name}`;
    if (name === '__proto__')
      problems.push({ field: place, message: 'a member must not be named __proto__' });
    else if (Object.hasOwn(read, name)) problems.push({ field: place, message: 'stands there twice' });
    else read[name] = readValue(child, members?.get(name), place, problems);
  }
  return read;
}

function readNumber(text: string, path: string, problems: ErrorDetail[]): number | JsonNumber | undefined {
  if (text === '') return undefined;
  const number = keepNumber(text);
  if (number === undefined) problems.push({ field: path, message: 'must be a number such as 19.90' });
  return number;
}
