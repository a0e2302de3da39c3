import type { ImageUseCase } from '../../tiktok/media-calls.js';
import { measureMedia, type MeasuredMedia } from './image-size.js';

/** What an address of a feed is wanted for. A certificate is an image or a PDF, which only its content tells. */
export type MediaUse = Exclude<ImageUseCase, 'CERTIFICATION_IMAGE'> | 'CERTIFICATE';

/** Why an address or its content is no use, in TikTok's terms. */
export interface MediaRefusal {
  message: string;
  /** What TikTok would answer; null where it never saw it. */
  code: string | null;
  nearest: string | null;
  next: string;
}

const MEGABYTE = 1024 * 1024;
/** TikTok: Upload Product Image. */
export const LARGEST_IMAGE = 10 * MEGABYTE;
/** TikTok: Upload Product File. */
export const LARGEST_FILE = 20 * MEGABYTE;
const IMAGES = 'JPEG, PNG, WEBP, HEIC and BMP';

interface Sides {
  least: number;
  most: number;
  /** What TikTok answers to others: at the upload, or when a product names it. */
  small: string;
  large: string;
}

const ANY: Sides = { least: 100, most: 20_000, small: '12038014', large: '12038014' };
/** Sides of images by what they are for, in pixels. Source: Upload Product Image, and the codes of Create Product. */
const SIDES: Readonly<Record<MediaUse, Sides>> = {
  MAIN_IMAGE: { least: 300, most: 4_000, small: '12052301', large: '12052302' },
  ATTRIBUTE_IMAGE: ANY,
  DESCRIPTION_IMAGE: { ...ANY, most: 3_999, large: '12052341' },
  SIZE_CHART_IMAGE: { ...ANY, least: 1_024 },
  CERTIFICATE: ANY,
};

/** Whether TikTok takes a content for this use; what it is, or why not. Pure, and cheap: it reads the header. */
export function judgeMedia(
  bytes: Buffer,
  use: MediaUse,
): { media: MeasuredMedia; refusal: null } | { media: null; refusal: MediaRefusal } {
  const media = measureMedia(bytes);
  const taken = use === 'CERTIFICATE' ? `${IMAGES}, and PDF` : IMAGES;
  if (typeof media === 'string')
    return refused(
      `holds ${media}; TikTok takes ${taken}`,
      '12038015',
      'Give an address that answers with an image',
    );
  const { format, isCut } = media;
  if (format === 'PDF' && use !== 'CERTIFICATE')
    return refused(`holds a PDF; TikTok takes ${taken} here`, '12038015', 'Save it as an image');
  if (isCut) return refused('ends in the middle of the image', '12038004', 'Put the whole file there again');
  const most = format === 'PDF' ? LARGEST_FILE : LARGEST_IMAGE;
  if (bytes.length > most) return tooLarge(most);
  return (format === 'PDF' ? null : outOfSides(media, use)) ?? { media, refusal: null };
}

/** An answer that was not read to its end. */
export function tooLarge(most = LARGEST_FILE): { media: null; refusal: MediaRefusal } {
  return {
    media: null,
    refusal: {
      message: `has more than the ${most / MEGABYTE} MB that TikTok takes`,
      code: '12038005',
      nearest: `${most / MEGABYTE} MB`,
      next: 'Save it smaller, such as a JPEG of quality 85',
    },
  };
}

function outOfSides(
  { width, height }: MeasuredMedia,
  use: MediaUse,
): { media: null; refusal: MediaRefusal } | null {
  const { least, most, small, large } = SIDES[use];
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (short >= least && long <= most) return null;
  const isSmall = short < least;
  return {
    media: null,
    refusal: {
      message: `has ${width} x ${height} pixels; TikTok takes ${least} to ${most} on each side here`,
      code: isSmall ? small : large,
      nearest: `${isSmall ? least : most} pixels`,
      next: isSmall
        ? 'Take a larger original: an image that is only stretched fails the review'
        : 'Save it smaller',
    },
  };
}

function refused(message: string, code: string, next: string): { media: null; refusal: MediaRefusal } {
  return { media: null, refusal: { message, code, nearest: null, next } };
}
