/** What a file really is, by its first bytes. */
type ImageFormat = 'JPEG' | 'PNG' | 'WEBP' | 'HEIC' | 'BMP';

export interface Measured {
  format: ImageFormat;
  width: number;
  height: number;
}

interface Kind {
  format: ImageFormat;
  is: (bytes: Buffer) => boolean;
  /** Undefined when the file ends before its size is told, or tells none. */
  size: (bytes: Buffer) => readonly [width: number, height: number] | undefined;
}

const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'mif1', 'msf1', 'heim', 'heis'];

const kinds: readonly Kind[] = [
  {
    format: 'PNG',
    is: (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
    size: (bytes) =>
      ascii(bytes, 12, 16) === 'IHDR' ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : undefined,
  },
  {
    format: 'JPEG',
    is: (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
    size: jpegSize,
  },
  {
    format: 'WEBP',
    is: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
    size: webpSize,
  },
  {
    format: 'BMP',
    is: (bytes) => ascii(bytes, 0, 2) === 'BM' && bytes.length > 26,
    size: (bytes) => [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))],
  },
  {
    format: 'HEIC',
    is: (bytes) => ascii(bytes, 4, 8) === 'ftyp' && HEIC_BRANDS.includes(ascii(bytes, 8, 12)),
    size: heicSize,
  },
];

/** Images that TikTok knows and does not take, and pages that answer in place of an image. */
const others: readonly ((bytes: Buffer) => boolean)[] = [
  (bytes) => ascii(bytes, 0, 4) === 'GIF8',
  (bytes) => ['II*\0', 'MM\0*', '%PDF'].includes(ascii(bytes, 0, 4)),
  (bytes) => ascii(bytes, 4, 8) === 'ftyp',
  (bytes) => /^\s*<(\?xml|!doctype|html|svg)/i.test(ascii(bytes, 0, 200)),
];

/** Format and size out of the bytes; `unsupported` for known other formats, undefined for what is no image. */
export function measureImage(bytes: Buffer): Measured | 'unsupported' | undefined {
  const kind = kinds.find(({ is }) => is(bytes));
  if (kind === undefined) return others.some((is) => is(bytes)) ? 'unsupported' : undefined;
  let size: ReturnType<Kind['size']>;
  try {
    size = kind.size(bytes);
  } catch (error) {
    // A number beyond the end of a cut file.
    if (!(error instanceof RangeError)) throw error;
  }
  if (size === undefined || size[0] < 1 || size[1] < 1) return undefined;
  return { format: kind.format, width: size[0], height: size[1] };
}

function ascii(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}

/** The size stands in the first frame header; other segments tell their own length. */
function jpegSize(bytes: Buffer): readonly [number, number] | undefined {
  let at = 2;
  while (at < bytes.length) {
    if (bytes.readUInt8(at) !== 0xff) return undefined;
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    if (marker === 0xd9 || marker === 0xda) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function webpSize(bytes: Buffer): readonly [number, number] | undefined {
  const chunk = ascii(bytes, 12, 16);
  if (chunk === 'VP8X') return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  if (chunk === 'VP8 ') return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  if (chunk !== 'VP8L') return undefined;
  const bits = bytes.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

/** The largest of the image's spatial extents: smaller ones are tiles and thumbnails. */
function heicSize(bytes: Buffer): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  for (let at = bytes.indexOf('ispe'); at !== -1; at = bytes.indexOf('ispe', at + 4)) {
    const size = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)] as const;
    if (best === undefined || size[0] * size[1] > best[0] * best[1]) best = size;
  }
  return best;
}
