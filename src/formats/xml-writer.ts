/** XML 1.0 has no place for these, escaped or not. */
const NEVER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const SPECIAL = /[&<>"\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Readers make a line feed of it otherwise.
  '\r': '&#13;',
};

/** Text of an element or attribute; characters that XML cannot hold are left out. */
export function xmlText(text: string): string {
  return text.replaceAll(NEVER, '').replaceAll(SPECIAL, (one) => ESCAPES[one] ?? one);
}

/** Whether a name can be an element's without any escape. */
export function isXmlName(name: string): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(name) && !/^xml/i.test(name);
}

/** An element with `inside`, which is XML. */
export function xmlElement(
  name: string,
  inside: string,
  attributes: Readonly<Record<string, string>> = {},
): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${xmlText(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
  );
  const start = name + written.join('');
  return inside === '' ? `<${start}/>` : `<${start}>${inside}</${name}>`;
}

/** Plain data as elements: members by their names, each entry of a list as `Item`. What is absent is left out. */
export function plainXml(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return xmlElement(name, value.map((each) => plainXml('Item', each)).join(''));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const members = Object.entries(value).map(([key, each]) =>
      isXmlName(key) ? plainXml(key, each) : xmlElement('Member', plainXml('Item', each), { name: key }),
    );
    return xmlElement(name, members.join(''));
  }
  return xmlElement(name, xmlText(typeof value === 'string' ? value : `${value as number}`));
}
