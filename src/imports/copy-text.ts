/** PostgreSQL's text format of COPY: fields end with a tab, rows with a newline. */
export const COPY_NULL = '\\N';

/** Printable ASCII without the backslash goes as it is. */
const PLAIN = /^[ -[\]-~]*$/;
const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

export function copyText(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(/[\\\t\n\r\b\f\v]/g, (character) => ESCAPES[character]!);
}
