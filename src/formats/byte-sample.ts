const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const FIRST_NOT_ASCII = 0x80;
const LONGEST_LINE = 200;
const MOST_BYTES = 4_096;
/** A file with a single letter that is not ASCII is not searched to its end. */
const MOST_SEARCHED = 4_194_304;

/** Lines of a text in which not all bytes are ASCII, gathered while it passes by: by them its encoding is judged. */
interface ByteSample {
  push(bytes: Uint8Array): void;
  readonly isFull: boolean;
  lines(): Buffer[];
}

export function createByteSample(): ByteSample {
  const lines: Buffer[] = [];
  let size = 0;
  let searched = 0;

  function take(bytes: Uint8Array, start: number, end: number): void {
    const line = Buffer.from(bytes.subarray(start, Math.min(end, start + LONGEST_LINE)));
    lines.push(line);
    size += line.length;
  }

  return {
    push(bytes) {
      if (this.isFull) return;
      searched += bytes.length;
      let start = 0;
      let hasOther = false;
      for (let at = 0; at <= bytes.length && size < MOST_BYTES; at++) {
        const byte = bytes[at] ?? LINE_FEED;
        if (byte >= FIRST_NOT_ASCII) hasOther = true;
        if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
        if (hasOther) take(bytes, start, at);
        start = at + 1;
        hasOther = false;
      }
    },
    get isFull() {
      return size >= MOST_BYTES || searched >= MOST_SEARCHED;
    },
    lines: () => lines,
  };
}
