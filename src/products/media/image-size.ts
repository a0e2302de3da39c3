/** What a file is by its first bytes; its name and what its server says of it count for nothing. */
export type MediaFormat = 'JPEG' | 'PNG' | 'WEBP' | 'BMP' | 'HEIC' | 'PDF';

export interface MeasuredMedia {
  format: MediaFormat;
  /** In pixels; 0 of a PDF. */
  width: number;
  height: number;
  /** Its end is missing. */
  isCut: boolean;
}

type Size = readonly [width: number, height: number];

interface Kind {
  format: MediaFormat;
  is: (bytes: Buffer) => boolean;
  /** Undefined when the header is broken or tells no size. */
  size: (bytes: Buffer) => Size | undefined;
  isWhole: (bytes: Buffer) => boolean;
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']);
const PDF_END_BYTES = 2_048;

const kinds: readonly Kind[] = [
  {
    format: 'JPEG',
    is: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
    size: jpegSize,
    isWhole: (bytes) => bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) > 2,
  },
  {
    format: 'PNG',
    is: (bytes) => bytes.subarray(0, 8).equals(PNG_SIGNATURE),
    size: (bytes) =>
      ascii(bytes, 12, 16) === 'IHDR' ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : undefined,
    isWhole: hasPngEnd,
  },
  {
    format: 'WEBP',
    is: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
    size: webpSize,
    isWhole: (bytes) => bytes.readUInt32LE(4) + 8 <= bytes.length + 1,
  },
  {
    format: 'BMP',
    is: (bytes) => ascii(bytes, 0, 2) === 'BM' && bytes.length > 26 && bytes.readUInt32LE(6) === 0,
    size: (bytes) => [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))],
    isWhole: (bytes) => bytes.readUInt32LE(10) < bytes.length,
  },
  {
    format: 'HEIC',
    is: (bytes) => ascii(bytes, 4, 8) === 'ftyp' && HEIC_BRANDS.has(ascii(bytes, 8, 12)),
    size: heicSize,
    isWhole: () => true,
  },
  {
    format: 'PDF',
    is: (bytes) => ascii(bytes, 0, 5) === '%PDF-',
    size: () => [0, 0],
    isWhole: (bytes) => bytes.subarray(-PDF_END_BYTES).includes('%%EOF'),
  },
];

/** What sellers' addresses hold in place of images, and how it begins. */
const others: readonly { name: string; is: (bytes: Buffer) => boolean }[] = [
  { name: 'a GIF', is: (bytes) => ascii(bytes, 0, 4) === 'GIF8' },
  { name: 'an AVIF', is: (bytes) => ascii(bytes, 4, 8) === 'ftyp' && ascii(bytes, 8, 11) === 'avi' },
  { name: 'a TIFF', is: (bytes) => ['II*\0', 'MM\0*'].includes(ascii(bytes, 0, 4)) },
  { name: 'a video', is: (bytes) => ascii(bytes, 4, 8) === 'ftyp' },
  { name: 'an SVG', is: (bytes) => /^\s*(?:<\?xml[^>]{0,200}>\s*)?<svg/i.test(beginning(bytes)) },
  { name: 'a page (HTML)', is: (bytes) => /^\s*<(?:!doctype|html|head|body|!--)/i.test(beginning(bytes)) },
  { name: 'a text', is: (bytes) => /^[\t\n\r\x20-\x7e]{16}/.test(beginning(bytes)) },
];

/**
 * Format and size out of the header alone: nothing is ever decoded, so that no image can make itself larger than it is (a
 * decompression bomb is as small here as on its server), and what hangs behind the image is never looked at.
 * @returns what it is instead, in words, when it is none of these
 */
export function measureMedia(bytes: Buffer): MeasuredMedia | string {
  const kind = kinds.find(({ is }) => is(bytes));
  if (!kind) return others.find(({ is }) => is(bytes))?.name ?? (bytes.length === 0 ? 'empty' : 'no image');
  try {
    const size = kind.size(bytes);
    if (size === undefined || (kind.format !== 'PDF' && (size[0] < 1 || size[1] < 1)))
      return `a broken ${kind.format}`;
    return { format: kind.format, width: size[0], height: size[1], isCut: !kind.isWhole(bytes) };
  } catch (error) {
    // A number beyond the end of a cut file.
    if (error instanceof RangeError) return `a broken ${kind.format}`;
    throw error;
  }
}

function beginning(bytes: Buffer): string {
  return ascii(bytes, 0, 300).replace(/^\xef\xbb\xbf/, '');
}

function ascii(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}

/** The size stands in the first frame header; other segments tell their own length. Each step goes at least two bytes on. */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at < bytes.length;) {
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

/** Chunks up to the one that ends the image. */
function hasPngEnd(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (ascii(bytes, at + 4, at + 8) === 'IEND') return true;
  }
  return false;
}

function webpSize(bytes: Buffer): Size | undefined {
  const chunk = ascii(bytes, 12, 16);
  if (chunk === 'VP8X') return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  if (chunk === 'VP8 ') return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  if (chunk !== 'VP8L') return undefined;
  const bits = bytes.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

/** The largest of the image's spatial extents: smaller ones are tiles and thumbnails. */
function heicSize(bytes: Buffer): Size | undefined {
  let best: Size | undefined;
  for (let at = bytes.indexOf('ispe'); at !== -1; at = bytes.indexOf('ispe', at + 4)) {
    const size: Size = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
    if (best === undefined || size[0] * size[1] > best[0] * best[1]) best = size;
  }
  return best;
}
