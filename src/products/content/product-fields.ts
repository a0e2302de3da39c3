/**
 * What is wanted of a product or of one SKU of it, by the name of its column (docs/products.md has them all). Null: to be
 * cleared. A name that is missing was never said.
 */
export type Fields = Record<string, string | null>;

export const MOST_IMAGES = 9;
export const MOST_OPTIONS = 3;

/** `Image 1`, which is the main one, to `Image 9`. */
export function imageField(index: number): string {
  return `Image ${index + 1}`;
}

/** `Variant Image`, then `Variant Image 2` and so on. */
export function variantImageField(index: number): string {
  return index === 0 ? 'Variant Image' : `Variant Image ${index + 1}`;
}

export function optionField(index: number, part: 'Name' | 'Value'): string {
  return `Option ${index + 1} ${part}`;
}

const ATTRIBUTE = 'Attribute:';
const CERTIFICATE = 'Certificate:';
const EXPIRES = ' Expires';

/** @param name name or id of an attribute of the category */
export function attributeField(name: string): string {
  return `${ATTRIBUTE}${name}`;
}

export function certificateField(id: string, isExpiry = false): string {
  return `${CERTIFICATE}${id}${isExpiry ? EXPIRES : ''}`;
}

/** The attribute that a field is about; null for any other field. */
export function attributeOf(field: string): string | null {
  return field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : null;
}

export function certificateOf(field: string): { id: string; isExpiry: boolean } | null {
  if (!field.startsWith(CERTIFICATE)) return null;
  const name = field.slice(CERTIFICATE.length);
  const isExpiry = name.endsWith(EXPIRES);
  return { id: isExpiry ? name.slice(0, -EXPIRES.length) : name, isExpiry };
}
