import type { MediaCalls } from '../../tiktok/media-calls.js';
import type { MediaFormat } from './image-size.js';
import type { MediaUse } from './judge-media.js';

/** What TikTok answers of an upload, for `ReadyUpload`. */
interface SentMedia {
  uri: string;
  url: string;
  width: number;
  height: number;
  file: { name: string; format: string } | null;
}

const ENDINGS: Readonly<Record<MediaFormat, string>> = {
  JPEG: 'jpg',
  PNG: 'png',
  WEBP: 'webp',
  BMP: 'bmp',
  HEIC: 'heic',
  PDF: 'pdf',
};

/** Uploads a content under a name of our own: what its sender calls it gets nowhere near a header. */
export async function sendMedia(
  api: Pick<MediaCalls, 'uploadImage' | 'uploadFile'>,
  { bytes, format, contentHash }: { bytes: Buffer; format: MediaFormat; contentHash: string },
  use: MediaUse,
): Promise<SentMedia> {
  const name = `m${contentHash.slice(0, 24)}.${ENDINGS[format]}`;
  if (format === 'PDF') {
    const { id, ...file } = await api.uploadFile({ name, bytes });
    return { uri: id, url: file.url, width: 0, height: 0, file: { name: file.name, format: file.format } };
  }
  const useCase = use === 'CERTIFICATE' ? 'CERTIFICATION_IMAGE' : use;
  return { ...(await api.uploadImage({ name, bytes }, useCase)), file: null };
}
