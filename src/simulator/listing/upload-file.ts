import { uploadRoute } from '../gateway/route.js';
import { refuseProduct } from '../products/product-error.js';
import { imageUrls } from '../state/uploads.js';

const MOST_PDF_BYTES = 20 * 1024 * 1024;
const MOST_VIDEO_BYTES = 100 * 1024 * 1024;
const LEAST_RATIO = 9 / 16;

/** Formats by the ending of the name, and how their bytes begin. */
const formats: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  PDF: (bytes) => ascii(bytes, 0, 5) === '%PDF-',
  MP4: isBoxed,
  MOV: isBoxed,
  '3GP': isBoxed,
  MKV: isMatroska,
  WEBM: isMatroska,
  WMV: (bytes) => bytes.subarray(0, 4).equals(Buffer.from([0x30, 0x26, 0xb2, 0x75])),
  AVI: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'AVI ',
  FLV: (bytes) => ascii(bytes, 0, 3) === 'FLV',
  MPEG: (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0, 0, 1])),
};

/** TikTok: Upload Product File 202309, for certificates and videos. Belongs to the seller's account, not to a shop. */
export const uploadFileRoute = uploadRoute({
  method: 'POST',
  path: '/product/{version}/files/upload',
  versions: ['202309'],
  scopes: ['seller.product.basic'],
  handle: ({ world, authorization, form, nowSec }) => {
    const data = form.get('data');
    if (data === undefined) throw refuseProduct(12038002);
    if (data.bytes.length === 0) throw refuseProduct(12019103);
    const name = form.get('name')?.bytes.toString('utf8') ?? '';
    if (name === '') throw refuseProduct(12019104);
    const format = formatOf(name);
    if (format === undefined || formats[format]?.(data.bytes) !== true) throw refuseProduct(12019105);
    if (data.bytes.length > (format === 'PDF' ? MOST_PDF_BYTES : MOST_VIDEO_BYTES))
      throw refuseProduct(12038005);
    if (isOutOfRatio(data.bytes)) throw refuseProduct(12019122);
    const { openId } = authorization;
    const file = world.uploads.addFile({ name, format, bytes: data.bytes.length, openId, atSec: nowSec });
    world.changed();
    return { id: file.id, url: imageUrls(file.id)[0] ?? '', name, format };
  },
});

/** TikTok: one period, no spaces, no symbol at the beginning. UNCONFIRMED: the code (12019105) of a name that breaks this. */
function formatOf(name: string): string | undefined {
  if (!/^[\p{L}\p{N}][^\s.]*\.[A-Za-z0-9]+$/u.test(name)) return undefined;
  const ending = name.slice(name.indexOf('.') + 1).toUpperCase();
  return ending in formats ? ending : ending === 'MPG' ? 'MPEG' : undefined;
}

function ascii(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}

function isBoxed(bytes: Buffer): boolean {
  return ascii(bytes, 4, 8) === 'ftyp';
}

function isMatroska(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]));
}

/** Of an MP4 or MOV whose video track tells its size; what cannot be read here passes. */
function isOutOfRatio(bytes: Buffer): boolean {
  for (let at = bytes.indexOf('tkhd'); at !== -1; at = bytes.indexOf('tkhd', at + 4)) {
    const sizeAt = at + (bytes.readUInt8(at + 4) === 1 ? 92 : 80);
    if (sizeAt + 8 > bytes.length) return false;
    const [width, height] = [bytes.readUInt32BE(sizeAt) / 65_536, bytes.readUInt32BE(sizeAt + 4) / 65_536];
    if (width > 0 && height > 0) return Math.min(width, height) / Math.max(width, height) < LEAST_RATIO;
  }
  return false;
}
