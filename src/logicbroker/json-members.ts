import { toIsoSeconds } from '../kernel/time.js';

/**
 * Members of hand-written JSON objects, each with its comma in front, and empty where there is no value: documents leave
 * absent fields out. `jsonObject` puts the braces around and drops the first comma.
 */
export function jsonObject(members: string): string {
  return `{${members.slice(1)}}`;
}

export function text(name: string, value: string | null | undefined): string {
  return value ? `,"${name}":${JSON.stringify(value)}` : '';
}

export function moment(name: string, value: Date | null): string {
  return value ? `,"${name}":"${toIsoSeconds(value)}"` : '';
}

/** `items` are JSON texts. */
export function list(name: string, items: readonly string[]): string {
  return items.length > 0 ? `,"${name}":[${items.join(',')}]` : '';
}

/** Name and value of an extended attribute; one without a value is left out. */
export type Attribute = [name: string, value: string | null | undefined];

export function attributes(given: readonly Attribute[]): string {
  const present = given.filter(([, value]) => value);
  return list(
    'ExtendedAttributes',
    present.map(([name, value]) => `{"Name":${JSON.stringify(name)},"Value":${JSON.stringify(value)}}`),
  );
}

/** One value keeps the plain name; of several each gets its number: `TikTokPackageId_1`, `TikTokPackageId_2`. */
export function numbered(name: string, values: readonly string[]): Attribute[] {
  return values.map((value, index) => [values.length === 1 ? name : `${name}${index + 1}`, value]);
}
