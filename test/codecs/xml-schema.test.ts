import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { codecs } from '../../src/codecs/codecs.js';
import { fileShapes, type FileKind } from '../../src/codecs/document-shape.js';
import { documentsXsd } from '../../src/codecs/xml-schema.js';
import { writeOneXml } from '../../src/codecs/xml-codec.js';
import { parseJson, writeJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { repository } from '../structure/source-files.js';
import { anyDocument, ORDER } from './documents.js';

const KINDS = Object.keys(fileShapes) as FileKind[];
const skip = spawnSync('xmllint', ['--version']).error
  ? 'xmllint is not installed: apt-get install libxml2-utils'
  : false;
const folder = mkdtempSync(join(tmpdir(), 'xsd-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'documents.xsd'), documentsXsd());
let count = 0;

/** What xmllint says against files, by the schema. */
function complaints(files: readonly (Buffer | string)[]): string {
  const names = files.map((content) => {
    const name = `${++count}.xml`;
    writeFileSync(join(folder, name), content);
    return name;
  });
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', 'documents.xsd', ...names], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  });
  return status === 0 ? '' : stderr.replaceAll(/.* validates\n/g, '').slice(0, 3_000);
}

/** A document with what the schema does not say: other members, other types, and nothing. */
function withMore(text: string): string {
  const document = parseJson(text) as JsonObject;
  return writeJson({
    ...document,
    OwnText: 'a <b>',
    OwnNumber: 5,
    OwnList: [{ 'a name': 1 }, null, 'x'],
    'no xml name': true,
    OwnObject: { Deep: { Deeper: [1, 2] }, Empty: {} },
    Note: 7,
    PartnerPO: null,
    TotalAmount: 'twenty',
    ExtendedAttributes: null,
  });
}

await t.test('every document that the API allows is XML that is valid by the schema', { skip }, (t) => {
  const files = [codecs.xml.write('order', [ORDER, ORDER]), writeOneXml('order', ORDER)];
  for (const kind of KINDS) {
    const documents = fc.sample(anyDocument(kind, false), { numRuns: 60, seed: 15 });
    files.push(codecs.xml.write(kind, documents), writeOneXml(kind, documents[0]!));
  }
  t.equal(complaints(files), '');
  t.end();
});

await t.test(
  'what a document says beyond the API is valid, too, and comes back as it was',
  { skip },
  async (t) => {
    for (const kind of KINDS) {
      const documents = fc.sample(anyDocument(kind, false), { numRuns: 10, seed: 16 }).map(withMore);
      const file = codecs.xml.write(kind, documents);
      t.equal(complaints([file]), '');
      const { documents: read } = await codecs.xml.read(kind, file);
      t.same(
        read.map(({ document }) => JSON.parse(writeJson(document)) as unknown),
        documents.map((text) => JSON.parse(text) as unknown),
      );
    }
  },
);

await t.test('the schema refuses what is no document', { skip }, (t) => {
  for (const [text, message] of [
    ['<SalesOrder><OrderNumber>1</OrderNumber><Ordernumber>2</Ordernumber></SalesOrder>', /Ordernumber/],
    ['<SalesOrder><TotalAmount>1,50</TotalAmount></SalesOrder>', /TotalAmount/],
    ['<SalesOrder><OrderLines><Line/></OrderLines></SalesOrder>', /Line/],
    ['<Orders/>', /Orders/],
  ] as const)
    t.match(complaints([text]), message);
  t.end();
});

await t.test('the schema of the repository is the one of the program', (t) => {
  t.equal(readFileSync(join(repository, 'openapi/documents.xsd'), 'utf8'), documentsXsd());
  t.end();
});
