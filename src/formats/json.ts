import { parse } from 'lossless-json';

/**
 * A number whose text matters: money, and integers beyond what a double holds exactly. `JSON.parse` would turn `19.90`
 * into `19.9` and a long id into another id.
 */
export class JsonNumber {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  /** Only for code that insists on a number, such as schema validation. */
  valueOf(): number {
    return Number(this.text);
  }
}

/** How `parseJson` reads numbers: small integers become numbers; everything else keeps its text. */
export function keepText(text: string): number | JsonNumber {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : new JsonNumber(text);
}

/**
 * Parses JSON without losing a digit.
 * @throws SyntaxError on malformed text and on an object that names one key twice with different values
 */
export function parseJson(text: string, readNumber: (text: string) => unknown = keepText): unknown {
  return parse(text, undefined, readNumber);
}

/** JSON text of plain data; `JsonNumber` is written as its text, `undefined` properties are left out, Dates as ISO text. */
export function writeJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value === 'object') {
    const members: string[] = [];
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) members.push(`${JSON.stringify(name)}:${writeJson(member)}`);
    }
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
