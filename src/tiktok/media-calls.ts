import { randomUUID } from 'node:crypto';
import { endpoints } from './endpoints.js';
import { readData, type ShopCall } from './shop-call.js';
import { requiredText } from './wire/read.js';

/** Pictures that products name afterwards. They belong to the seller's account. */
export interface MediaCalls {
  /** @returns TikTok's uri of it, for this use only */
  uploadImage(image: { name: string; bytes: Buffer }, useCase: string): Promise<{ uri: string }>;
}

export function createMediaCalls(callAccount: ShopCall): MediaCalls {
  return {
    async uploadImage({ bytes }, useCase) {
      const answer = await callAccount({ endpoint: endpoints.uploadImage, form: formOf(bytes, useCase) });
      return readData(answer, 'read', (data) => ({ uri: requiredText(data['uri'], 'uri') }));
    },
  };
}

function formOf(bytes: Buffer, useCase: string): { contentType: string; body: Buffer } {
  const boundary = `form-${randomUUID()}`;
  const part = (head: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      Buffer.from(`${part('name="use_case"')}${useCase}\r\n${part('name="data"; filename="image"')}`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}
