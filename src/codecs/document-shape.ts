import { acknowledgementEnvelopes, Acknowledgement } from '../logicbroker/acknowledgement-schema.js';
import { commonSchemas } from '../logicbroker/common.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import { SalesOrder, orderEnvelopes } from '../logicbroker/order-schema.js';
import { Return, returnEnvelopes } from '../logicbroker/return-schema.js';
import { Shipment, shipmentEnvelopes } from '../logicbroker/shipment-schema.js';

/** The documents that travel as files. */
export type FileKind = 'order' | 'acknowledgement' | 'shipment' | 'return';

/** What a value of a document is, as far as a format has to know to write and read it. */
export type Shape =
  | { is: 'text' | 'number' | 'flag' }
  | { is: 'object'; members: ReadonlyMap<string, Shape> }
  /** `item`: what one of them is called. */
  | { is: 'list'; of: Shape; item: string };

interface ObjectShape {
  is: 'object';
  members: ReadonlyMap<string, Shape>;
}

/** A kind of document as formats see it. */
export interface FileShape {
  kind: FileKind;
  /** Of one document and of several in a file. */
  name: string;
  plural: string;
  shape: ObjectShape;
  /** Name of its schema. */
  schema: string;
  /** The list of its lines. */
  lines: string;
  /** The sender's own number of the document. */
  number: string;
}

/** What is read of the schemas that OpenAPI shows, too. */
export interface JsonSchema {
  $id?: string;
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

const SCALARS: Readonly<Record<string, 'text' | 'number' | 'flag'>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'flag',
};

/** Schemas by the name under which others refer to them. */
export const namedSchemas: ReadonlyMap<string, JsonSchema> = new Map(
  [
    ...commonSchemas,
    ...orderEnvelopes.schemas,
    ...acknowledgementEnvelopes.schemas,
    ...shipmentEnvelopes.schemas,
    ...returnEnvelopes.schemas,
  ].map((schema) => [schema.$id, schema as JsonSchema]),
);

/** What a reference refers to. */
export function schemaOf(schema: JsonSchema): JsonSchema {
  return schema.$ref ? (namedSchemas.get(schema.$ref.replace(/#$/, '')) ?? {}) : schema;
}

function shapeOf(schema: JsonSchema, name: string): Shape {
  if (schema.$ref) return shapeOf(schemaOf(schema), name);
  if (schema.type === 'object') return objectShape(schema);
  if (schema.type === 'array')
    return { is: 'list', of: shapeOf(schema.items ?? {}, name), item: singular(name) };
  return { is: SCALARS[schema.type ?? ''] ?? 'text' };
}

function objectShape(schema: JsonSchema): ObjectShape {
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) => [name, shapeOf(member, name)] as const,
  );
  return { is: 'object', members: new Map(members) };
}

/** `Taxes` are Tax, `AckLines` AckLine. */
export function singular(name: string): string {
  return name.endsWith('xes') ? name.slice(0, -2) : name.replace(/s$/, '');
}

/** Every kind with the words that its files have for it, which are the API's. */
export const fileShapes: Readonly<Record<FileKind, FileShape>> = {
  order: {
    kind: 'order',
    name: 'SalesOrder',
    plural: 'SalesOrders',
    shape: objectShape(SalesOrder as JsonSchema),
    schema: SalesOrder.$id,
    lines: 'OrderLines',
    number: 'OrderNumber',
  },
  acknowledgement: {
    kind: 'acknowledgement',
    name: 'Acknowledgement',
    plural: 'Acknowledgements',
    shape: objectShape(Acknowledgement as JsonSchema),
    schema: Acknowledgement.$id,
    lines: 'AckLines',
    number: 'AcknowledgementNumber',
  },
  shipment: {
    kind: 'shipment',
    name: 'Shipment',
    plural: 'Shipments',
    shape: objectShape(Shipment as JsonSchema),
    schema: Shipment.$id,
    lines: 'ShipmentLines',
    number: 'ShipmentNumber',
  },
  return: {
    kind: 'return',
    name: 'Return',
    plural: 'Returns',
    shape: objectShape(Return as JsonSchema),
    schema: Return.$id,
    lines: 'ReturnLines',
    number: 'ReturnNumber',
  },
};

/** The kind of file that documents of a type stand in; null for those that travel as JSON only. */
export function fileKindOf(type: DocumentType): FileKind | null {
  return type in fileShapes ? (type as FileKind) : null;
}
