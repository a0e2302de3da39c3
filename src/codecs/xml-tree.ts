import { createXmlReader } from '../formats/xml-reader.js';
import { messageOf } from '../kernel/errors.js';
import { LARGEST_FILE, refusedFile } from './codec.js';
import { decodeText } from './decode-text.js';

/** An element with all that it holds. */
export interface XmlNode {
  name: string;
  attributes: Record<string, string>;
  children: XmlNode[];
  /** Of an element without elements. */
  text: string;
}

const MOST_ELEMENTS = 1_000_000;
const READ_AT_ONCE = 65_536;

/** Reads a whole XML file of unknown origin. @throws AppError invalid-document */
export function readXmlTree(bytes: Buffer): XmlNode {
  if (bytes.length > LARGEST_FILE) throw unreadable('it is too large: send several files');
  const text = decodeText(bytes);
  const open: XmlNode[] = [];
  let root: XmlNode | null = null;
  let count = 0;
  const reader = createXmlReader({
    opened(name, attributes) {
      count += 1;
      if (count > MOST_ELEMENTS) throw new Error(`it has more than ${MOST_ELEMENTS} elements`);
      const node: XmlNode = { name, attributes: { ...attributes }, children: [], text: '' };
      root ??= node;
      open.at(-1)?.children.push(node);
      open.push(node);
    },
    text(part) {
      const node = open.at(-1);
      if (node) node.text += part;
    },
    closed() {
      const node = open.pop();
      if (node && node.children.length > 0) node.text = '';
    },
  });
  try {
    for (let at = 0; at < text.length; at += READ_AT_ONCE) reader.write(text.slice(at, at + READ_AT_ONCE));
    reader.close();
  } catch (error) {
    throw unreadable(placeOnly(messageOf(error)));
  }
  if (root === null) throw unreadable('it is empty');
  return root;
}

/** What the parser says holds its place, and may quote the file. */
function placeOnly(message: string): string {
  return message.slice(0, 120).replaceAll(/[^\x20-\x7e]/g, '?');
}

function unreadable(what: string): Error {
  return refusedFile('The XML cannot be read, and nothing of it is taken.', { message: what });
}
