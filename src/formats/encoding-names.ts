/** Those that a sender can name are in `OTHER_ENCODINGS`, by the name that the Encoding Standard gives them. */
export type TextEncoding =
  'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | (typeof OTHER_ENCODINGS)[number];

const OTHER_ENCODINGS = [
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-15',
  'koi8-r',
  'koi8-u',
  'ibm866',
  'macintosh',
  'x-mac-cyrillic',
  'gb18030',
  'gbk',
  'big5',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'euc-kr',
] as const;

/** The encoding that a sender names, in whatever way (`Shift-JIS`, `cp1251`, `latin1`); null for none that is known. */
export function encodingNamed(text: string): TextEncoding | null {
  const label = text
    .trim()
    .toLowerCase()
    .replace(/^mac[ _-]?roman$/, 'macintosh')
    .replace(/^shift-jis$/, 'shift_jis');
  try {
    const { encoding } = new TextDecoder(label);
    const known: readonly string[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', ...OTHER_ENCODINGS];
    return known.includes(encoding) ? (encoding as TextEncoding) : null;
  } catch {
    return null;
  }
}
