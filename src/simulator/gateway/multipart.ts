/** One part of a form. */
interface FormPart {
  /** As the client names its file; undefined for a plain field. */
  fileName: string | undefined;
  bytes: Buffer;
}

/** A form by the names of its parts; of a repeated name the first part counts. */
export type Form = ReadonlyMap<string, FormPart>;

/**
 * Reads `multipart/form-data` (RFC 7578) out of the bytes as they came, since nothing may parse a body before its call is
 * checked. Undefined when it is none: no boundary, no part, or no end.
 */
export function readMultipart(body: Buffer, contentType: string | undefined): Form | undefined {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`);
  const form = new Map<string, FormPart>();
  let at = body.indexOf(mark);
  while (at !== -1) {
    const start = at + mark.length;
    if (body.toString('latin1', start, start + 2) === '--') return form.size === 0 ? undefined : form;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next === -1) return undefined;
    takePart(form, body.subarray(start, next));
    at = next + 2;
  }
  return undefined;
}

function takePart(form: Map<string, FormPart>, part: Buffer): void {
  const end = part.indexOf('\r\n\r\n');
  if (end === -1) return;
  const headers = part.toString('utf8', 0, end);
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
  const name = parameterOf(disposition, 'name');
  if (name === undefined || form.has(name)) return;
  form.set(name, { fileName: parameterOf(disposition, 'filename'), bytes: part.subarray(end + 4) });
}

function parameterOf(disposition: string, name: string): string | undefined {
  for (const piece of disposition.split(';').slice(1)) {
    const [key = '', value = ''] = piece.split(/=(.*)/s, 2);
    if (key.trim().toLowerCase() === name) return value.trim().replace(/^"(.*)"$/s, '$1');
  }
  return undefined;
}
