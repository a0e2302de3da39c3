/** Texts by number, outside of the heap: millions of them as strings would take several times their length. */
export interface StringTable {
  add(text: string): void;
  /** Empty for a number that there is not. */
  get(index: number): string;
  readonly size: number;
}

const BLOCK_BYTES = 1_048_576;
const FIRST_ENDS = 1_024;

/** @param longest characters of the longest text; what is longer is cut */
export function createStringTable(longest: number): StringTable {
  const blocks: Buffer[] = [];
  /** Where each text begins and ends, counted over all blocks. A text lies in one block. */
  let spans = new Uint32Array(2 * FIRST_ENDS);
  let size = 0;
  let free = BLOCK_BYTES;

  return {
    add(text) {
      const shown = text.slice(0, longest);
      const bytes = Buffer.byteLength(shown);
      if (blocks.length === 0 || free + bytes > BLOCK_BYTES) {
        blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes)));
        free = 0;
      }
      if (2 * size === spans.length) {
        const grown = new Uint32Array(2 * spans.length);
        grown.set(spans);
        spans = grown;
      }
      const begin = (blocks.length - 1) * BLOCK_BYTES + free;
      blocks.at(-1)!.write(shown, free);
      spans[2 * size] = begin;
      spans[2 * size + 1] = begin + bytes;
      size += 1;
      free += bytes;
    },
    get(index) {
      if (!Number.isInteger(index) || index < 0 || index >= size) return '';
      const begin = spans[2 * index]!;
      const block = Math.floor(begin / BLOCK_BYTES);
      const offset = block * BLOCK_BYTES;
      return blocks[block]!.toString('utf8', begin - offset, spans[2 * index + 1]! - offset);
    },
    get size() {
      return size;
    },
  };
}
