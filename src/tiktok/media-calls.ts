import { randomUUID } from 'node:crypto';
import { endpoints } from './endpoints.js';
import { readData, type ShopCall } from './shop-call.js';
import { requiredText, textOf } from './wire/read.js';

/** What an image is for. The uri of one use is refused in the place of another. */
export type ImageUseCase =
  'MAIN_IMAGE' | 'ATTRIBUTE_IMAGE' | 'DESCRIPTION_IMAGE' | 'CERTIFICATION_IMAGE' | 'SIZE_CHART_IMAGE';

/** A file as it is handed to TikTok. */
interface MediaContent {
  /** Made by us: letters, digits, one dot. */
  name: string;
  bytes: Buffer;
}

export interface UploadedImage {
  uri: string;
  /** Where TikTok serves it; descriptions name it. */
  url: string;
  /** As TikTok serves it, in pixels. */
  width: number;
  height: number;
}

/** A file as certificates name it: all of it belongs into a product. */
export interface UploadedFile {
  id: string;
  url: string;
  name: string;
  format: string;
}

/**
 * Images and files for products, which belong to the seller's account. What no product names does nothing, so that a call whose
 * answer was lost is simply made again.
 */
export interface MediaCalls {
  /** @throws TikTokError refused for a content that TikTok does not take */
  uploadImage(image: MediaContent, useCase: ImageUseCase): Promise<UploadedImage>;
  /** @throws TikTokError refused for a content that TikTok does not take */
  uploadFile(file: MediaContent): Promise<UploadedFile>;
}

/** @param callAccount calls of the whole account, which TikTok refuses with a cipher */
export function createMediaCalls(callAccount: ShopCall): MediaCalls {
  return {
    async uploadImage({ name, bytes }, useCase) {
      const answer = await callAccount({
        endpoint: endpoints.uploadImage,
        form: formOf({ use_case: useCase }, name, bytes),
      });
      return readData(answer, 'read', (data) => ({
        uri: requiredText(data['uri'], 'uri'),
        url: textOf(data['url']),
        width: Number(data['width']) || 0,
        height: Number(data['height']) || 0,
      }));
    },

    async uploadFile({ name, bytes }) {
      const answer = await callAccount({
        endpoint: endpoints.uploadFile,
        form: formOf({ name }, name, bytes),
      });
      return readData(answer, 'read', (data) => ({
        id: requiredText(data['id'], 'id'),
        url: textOf(data['url']),
        name: textOf(data['name']) || name,
        format: textOf(data['format']),
      }));
    },
  };
}

/** A form of plain fields and the file. Nothing of it is somebody else's text, so that nothing needs quoting. */
function formOf(fields: Readonly<Record<string, string>>, name: string, bytes: Buffer) {
  const boundary = `form-${randomUUID()}`;
  const part = (about: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${about}\r\n`;
  const plain = Object.entries(fields).map(([field, value]) => `${part(`name="${field}"`)}\r\n${value}\r\n`);
  const head = `${part(`name="data"; filename="${name}"`)}Content-Type: application/octet-stream\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(plain.join('') + head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
