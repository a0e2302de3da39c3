import { SaxesParser, type SaxesTagPlain } from 'saxes';

/** What a part of a workbook is made of, as it comes. Names are without their prefix. */
export interface XmlHandlers {
  opened: (name: string, attributes: Record<string, string>) => void;
  closed?: (name: string) => void;
  text?: (text: string) => void;
}

export interface XmlReader {
  write(text: string): void;
  /** @throws Error when the text breaks off */
  close(): void;
}

/** No part of a workbook is nested deeper than ten. */
const DEEPEST = 32;
const MOST_ATTRIBUTES = 100;
/** Characters without an end of a tag or text: a cell has at most 32,767. All of them are in memory until it comes. */
const LONGEST_TOKEN = 262_144;

/**
 * Reads XML of unknown origin. Its memory stays small whatever comes: depth, attributes of a tag and the length of one tag,
 * text or comment have limits, and a document's own entities, the other way to make much of little, are refused.
 * `write` and `close` throw an Error at the first thing that is wrong.
 */
export function createXmlReader({ opened, closed, text }: XmlHandlers): XmlReader {
  const parser = new SaxesParser();
  let depth = 0;
  let attributes = 0;
  let unfinished = 0;

  function token(): void {
    unfinished = 0;
  }
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('it has a document type');
  });
  parser.on('comment', token);
  parser.on('cdata', (part) => {
    token();
    text?.(part);
  });
  parser.on('processinginstruction', token);
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MOST_ATTRIBUTES) throw new Error(`a tag has more than ${MOST_ATTRIBUTES} attributes`);
  });
  parser.on('opentag', (tag: SaxesTagPlain) => {
    token();
    attributes = 0;
    depth += 1;
    if (depth > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`);
    opened(localName(tag.name), tag.attributes);
  });
  parser.on('text', (part) => {
    token();
    text?.(part);
  });
  parser.on('closetag', (tag: SaxesTagPlain) => {
    token();
    depth -= 1;
    closed?.(localName(tag.name));
  });

  return {
    write(piece) {
      unfinished += piece.length;
      parser.write(piece);
      if (unfinished > LONGEST_TOKEN)
        throw new Error(`a tag or text has more than ${LONGEST_TOKEN} characters`);
    },
    close() {
      parser.close();
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
