import { createXmlReader } from './xml-reader.js';
import { LONGEST_ROW, type TableHandlers } from './table.js';

/** Elements that shops call a product or row, in lower case. */
const ROW_NAMES = new Set([
  'item',
  'entry',
  'product',
  'offer',
  'shopitem',
  'row',
  'record',
  'article',
  'artikel',
  'good',
]);
/** No product stands deeper in its document. */
const DEEPEST_ROW = 5;
/** Elements that say in an attribute what they are about: `<param name="Colour">Red</param>`. */
const NAMED = new Set(['param', 'attribute', 'property', 'feature']);
const MOST_NAMES = 1_000;
const LONGEST_NAME = 200;

/** Of a document of products: by what element its rows are told, and the names of their cells. */
interface XmlTable {
  row: string;
  names: readonly string[];
}

interface Walk {
  write(text: string): void;
  close(): void;
}

/**
 * Finds the rows of an XML document: elements with one of the usual names, else the children of the root.
 * `write` and `close` throw an Error for what is no XML, has a document type of its own, or too many names.
 */
export function createXmlSurvey(): Walk & { table(): XmlTable | null } {
  const names = new Map<string, Map<string, string>>();
  let depth = 0;
  let first: string | null = null;
  const walk = createRowReader(
    (name) => {
      const key = name.toLowerCase();
      if (depth === 2) first ??= key;
      return ROW_NAMES.has(key) ? key : depth === 2 ? key : null;
    },
    {
      depth: (now) => (depth = now),
      row(key, cells) {
        const known = names.get(key) ?? new Map<string, string>();
        names.set(key, known);
        for (const name of cells.keys())
          if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), name);
        if (known.size > MOST_NAMES)
          throw new Error(`its elements have more than ${MOST_NAMES} different names`);
      },
    },
  );
  return {
    ...walk,
    table() {
      const row = [...names.keys()].find((key) => ROW_NAMES.has(key)) ?? first;
      const cells = row === null ? undefined : names.get(row);
      return row !== null && cells && cells.size > 0 ? { row, names: [...cells.values()] } : null;
    },
  };
}

/** Hands over the rows that a survey has found. Rows are numbered from 1; there is no header in the file. */
export function createXmlRows({ row: wanted, names }: XmlTable, handlers: TableHandlers): Walk {
  const index = new Map(names.map((name, nth) => [name.toLowerCase(), nth]));
  let number = 0;
  handlers.row(names, names.length, 0);
  return createRowReader((name) => (name.toLowerCase() === wanted ? wanted : null), {
    row(_, cells, isTooLong) {
      number += 1;
      if (isTooLong) return handlers.problem('too-long', number);
      const fields = Array.from({ length: names.length }, () => '');
      for (const [name, value] of cells) fields[index.get(name.toLowerCase()) ?? 0] = value;
      handlers.row(fields, fields.length, number);
    },
  });
}

interface RowTaker {
  depth?: (depth: number) => void;
  row: (key: string, cells: ReadonlyMap<string, string>, isTooLong: boolean) => void;
}

/** @param keyOf what an element is as a row; null: it is none */
function createRowReader(keyOf: (name: string) => string | null, taker: RowTaker): Walk {
  let depth = 0;
  let row: { key: string; depth: number; cells: Map<string, string>; length: number } | null = null;
  let path: string[] = [];
  let text = '';
  const note = (name: string, value: string): void => {
    const clean = value.trim();
    if (!row || clean === '' || name.length > LONGEST_NAME) return;
    row.length += clean.length;
    if (row.length > LONGEST_ROW) return;
    const before = row.cells.get(name);
    // Further images, categories: what stands there several times is one cell.
    row.cells.set(name, before === undefined ? clean : `${before}, ${clean}`);
  };
  const reader = createXmlReader({
    opened(name, attributes) {
      depth += 1;
      taker.depth?.(depth);
      // What seemed to be a row is what holds them.
      if (row && !ROW_NAMES.has(row.key) && ROW_NAMES.has(name.toLowerCase())) row = null;
      if (row) {
        path.push(nameOf(name, attributes));
      } else if (depth <= DEEPEST_ROW) {
        const key = depth < 2 ? null : keyOf(name);
        if (key !== null) {
          row = { key, depth, cells: new Map(), length: 0 };
          path = [];
          for (const [attribute, value] of Object.entries(attributes)) note(attribute, value);
        }
      }
      text = '';
    },
    text(part) {
      if (row && text.length <= LONGEST_ROW) text += part;
    },
    closed() {
      if (row && depth === row.depth) {
        taker.row(row.key, row.cells, row.length > LONGEST_ROW);
        row = null;
      } else if (row) {
        note(path.join('/'), text);
        path.pop();
      }
      text = '';
      depth -= 1;
    },
  });
  return reader;
}

function nameOf(name: string, attributes: Record<string, string>): string {
  const named = attributes['name'];
  return named !== undefined && NAMED.has(name.toLowerCase()) ? `Attribute:${named}` : name;
}
