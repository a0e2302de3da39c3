import { parseUntrustedJson } from '../formats/safe-json.js';
import { object } from '../logicbroker/json-reading.js';
import { LARGEST_FILE, refusedFile, type Codec } from './codec.js';
import { decodeText } from './decode-text.js';

/** JSON in a file: a list of documents, or a single one. */
export const jsonCodec: Codec = {
  mediaType: 'application/json',
  extension: 'json',
  write: (_kind, documents) => Buffer.from(`[${documents.join(',\n')}]`),
  async *stream(_kind, pages) {
    let before = '[';
    for await (const documents of pages()) {
      if (documents.length === 0) continue;
      yield before + documents.join(',\n');
      before = ',\n';
    }
    yield before === '[' ? '[]' : ']';
  },
  // eslint-disable-next-line require-await -- others wait
  async read(kind, bytes) {
    if (bytes.length > LARGEST_FILE)
      throw refusedFile('The file is too large.', { message: 'send several files' });
    const { kept } = parseUntrustedJson(decodeText(bytes));
    const list = Array.isArray(kept) ? (kept as unknown[]) : [kept];
    return {
      problems: [],
      documents: list.map((value, index) => ({
        kind,
        document: object(value),
        problems: isObject(value) ? [] : [{ field: `[${index}]`, message: 'must be a document: an object' }],
        placed: (detail) =>
          Array.isArray(kept) && detail.field ? { ...detail, field: `[${index}].${detail.field}` } : detail,
      })),
    };
  },
};

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
