/** A file of a kind that is not read: what it is, and what its sender does instead. */
interface ForeignFormat {
  /** `The file is …`. */
  what: string;
  next: string;
}

const SAVE_AS = 'Save it as an Excel workbook (.xlsx) without a password, or as CSV UTF-8, and send that';
const UNPACK = 'Unpack it and send the CSV or XLSX file inside';

/** How files begin that sellers take for a table. Longer beginnings stand before shorter ones. */
const BEGINNINGS: readonly (ForeignFormat & { bytes: readonly number[] })[] = [
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    what: 'an old Excel workbook (.xls), or one that a password protects',
    next: SAVE_AS,
  },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document', next: SAVE_AS },
  { bytes: [0x1f, 0x8b], what: 'packed with gzip', next: UNPACK },
  { bytes: [0x42, 0x5a, 0x68], what: 'packed with bzip2', next: UNPACK },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'packed with xz', next: UNPACK },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'packed with zstd', next: UNPACK },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], what: 'a 7-Zip archive', next: UNPACK },
  { bytes: [0x52, 0x61, 0x72, 0x21], what: 'a RAR archive', next: UNPACK },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: 'a picture (PNG)', next: SAVE_AS },
  { bytes: [0xff, 0xd8, 0xff], what: 'a picture (JPEG)', next: SAVE_AS },
  { bytes: [0x47, 0x49, 0x46, 0x38], what: 'a picture (GIF)', next: SAVE_AS },
  { bytes: [0xff, 0xfe, 0x00, 0x00], what: 'text in UTF-32', next: 'Save it as CSV UTF-8 and send that' },
  { bytes: [0x00, 0x00, 0xfe, 0xff], what: 'text in UTF-32', next: 'Save it as CSV UTF-8 and send that' },
];

/** What begins with a tag: some shops export a web page under a name that ends in .xls. */
const MARKUP: readonly (ForeignFormat & { pattern: RegExp })[] = [
  {
    pattern: /^\s*<(!doctype\s+html|html|head|body|table|meta)\b/i,
    what: 'a web page (HTML)',
    next: SAVE_AS,
  },
  {
    pattern: /^\s*<\?xml\b[^]*\burn:schemas-microsoft-com:office:spreadsheet\b/i,
    what: 'an XML spreadsheet of Excel 2003',
    next: SAVE_AS,
  },
  { pattern: /^\s*<(\?xml|[a-z][\w:.-]*[\s>])/i, what: 'XML', next: SAVE_AS },
  { pattern: /^\{\\rtf/, what: 'a text document (RTF)', next: SAVE_AS },
];

/** By how a file begins; null for what may be a table. @param start its first few thousand bytes, decoded where it is text */
export function foreignFormat(bytes: Uint8Array, text: string): ForeignFormat | null {
  return (
    BEGINNINGS.find((one) => one.bytes.every((byte, at) => bytes[at] === byte)) ??
    MARKUP.find(({ pattern }) => pattern.test(text)) ??
    (isBinary(text) ? { what: 'binary data, or text in UTF-32', next: SAVE_AS } : null)
  );
}

/** Text has no zeros. */
function isBinary(text: string): boolean {
  return text.split('\0').length - 1 > text.length / 4;
}
