import { randomUUID } from 'node:crypto';

/** A form of one file, as browsers and Logicbroker's clients send it: in the field `file`. */
export function formFile(
  fileName: string,
  content: string | Uint8Array,
): { payload: Buffer; headers: { 'content-type': string } } {
  const boundary = `form-${randomUUID()}`;
  const payload = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
