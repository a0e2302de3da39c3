import { fileShapes, singular, type FileKind, type FileShape, type Shape } from './document-shape.js';

/** Where the cells of a column go. `path` is one of JSON; a number in it is the place in a list, from 0. */
export interface Column {
  /** As the header has it. */
  header: string;
  /** Of a line, or of the document as a whole. */
  isLine: boolean;
  path: readonly (string | number)[];
  shape: 'text' | 'number' | 'flag';
  /** The name of the extended attribute that the cells are. */
  attribute: string | null;
  /** Nothing in the API is called so: kept as an extended attribute. */
  isUnknown: boolean;
}

/** `Discounts[2]`: the second one; without a number the first. */
const STEP = /^([^[\]]+)(?:\[(\d{1,4})\])?$/;
const ATTRIBUTE = /^extendedattributes?$/i;

/**
 * The column that a header names: a path of the API's JSON with points, whatever its case; `ExtendedAttribute.NAME` an attribute; lists
 * in the plural or singular. Anything else is an extended attribute of that name, of a line where the name begins as lines do.
 */
export function columnOf(header: string, kind: FileKind): Column {
  const file = fileShapes[kind];
  const steps = header.split('.');
  const isLine = steps.length > 1 && isListName(steps[0]!, file.lines);
  const own = isLine ? steps.slice(1) : steps;
  const start = isLine ? lineShape(file) : file.shape;
  return walk(own, start, { header, isLine });
}

function walk(steps: readonly string[], start: Shape, named: Pick<Column, 'header' | 'isLine'>): Column {
  const path: (string | number)[] = [];
  let shape: Shape | undefined = start;
  for (const [index, step] of steps.entries()) {
    if (shape?.is !== 'object') return unknown(steps, named);
    const rest = steps.slice(index + 1);
    if (ATTRIBUTE.test(step) && rest.length > 0 && shape.members.has('ExtendedAttributes'))
      return attribute(path, rest.join('.'), named);
    const found = memberOf(step, shape.members);
    if (!found) return unknown(steps, named);
    path.push(found.name);
    shape = found.shape;
    if (shape.is === 'list') {
      path.push(found.place);
      shape = shape.of;
    } else if (found.place > 0) return unknown(steps, named);
  }
  if (!shape || shape.is === 'object' || shape.is === 'list') return unknown(steps, named);
  return { ...named, path, shape: shape.is, attribute: null, isUnknown: false };
}

function memberOf(
  step: string,
  members: ReadonlyMap<string, Shape>,
): { name: string; shape: Shape; place: number } | null {
  const [, word = '', number] = STEP.exec(step.trim()) ?? [];
  for (const [name, shape] of members) {
    const isIt = shape.is === 'list' ? isListName(word, name) : word.toLowerCase() === name.toLowerCase();
    if (isIt) return { name, shape, place: number === undefined ? 0 : Math.max(Number(number) - 1, 0) };
  }
  return null;
}

function isListName(word: string, list: string): boolean {
  return [list, singular(list)].some((name) => name.toLowerCase() === word.trim().toLowerCase());
}

function lineShape({ shape, lines }: FileShape): Shape {
  const list = shape.members.get(lines);
  return list?.is === 'list' ? list.of : shape;
}

function attribute(
  path: readonly (string | number)[],
  name: string,
  named: Pick<Column, 'header' | 'isLine'>,
): Column {
  return {
    ...named,
    path: [...path, 'ExtendedAttributes'],
    shape: 'text',
    attribute: name,
    isUnknown: false,
  };
}

function unknown(steps: readonly string[], named: Pick<Column, 'header' | 'isLine'>): Column {
  return { ...attribute([], steps.join('.'), named), isUnknown: true };
}

/** The columns that a kind has by the API, in its order: lists with their first entry. Extended attributes come behind. */
export function knownColumns(kind: FileKind): string[] {
  const { shape, lines } = fileShapes[kind];
  const listed: string[] = [];
  const visit = (members: ReadonlyMap<string, Shape>, prefix: string): void => {
    for (const [name, member] of members) {
      const inner = member.is === 'list' ? member.of : member;
      if (name === 'ExtendedAttributes' || (prefix === '' && name === lines)) continue;
      if (inner.is === 'object') visit(inner.members, `${prefix}${name}.`);
      else listed.push(prefix + name);
    }
  };
  visit(shape.members, '');
  const line = lineShape(fileShapes[kind]);
  if (line.is === 'object') visit(line.members, `${lines}.`);
  return listed;
}

/** How the cells of a column are named when documents are written: the path as the API spells it. */
export function nameOfColumn({ isLine, path, attribute: own }: Column, kind: FileKind): string {
  const steps = path.reduce<string>((before, step) => {
    if (typeof step === 'number') return step === 0 ? before : `${before}[${step + 1}]`;
    return before === '' ? step : `${before}.${step}`;
  }, '');
  const name = own === null ? steps : `${steps.slice(0, -1)}.${own}`;
  return isLine ? `${fileShapes[kind].lines}.${name}` : name;
}
