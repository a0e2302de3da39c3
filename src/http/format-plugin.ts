import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { AppError } from '../kernel/errors.js';
import { readUntrustedJson, type ParsedJson } from '../formats/safe-json.js';
import { createTextDecoding } from '../formats/text-encoding.js';
import { jsonMediaType, weightedTypes } from './media-types.js';
import { inSlices, type SlicedWork } from '../formats/slices.js';

/** A format in which documents come and go. The second one is added to the list below. */
interface Format {
  /** In messages. */
  name: string;
  contentTypes: (string | RegExp)[];
  /** Media types in `Accept` that this format satisfies. */
  accepted: RegExp;
  parse(text: string): SlicedWork<ParsedJson>;
}

const formats: Format[] = [
  {
    name: 'application/json',
    contentTypes: ['application/json', 'text/json', /^application\/[\w.-]+\+json$/],
    accepted: jsonMediaType,
    parse: readUntrustedJson,
  },
];

const names = formats.map(({ name }) => name).join(', ');

/** Teaches the server which bodies it can read; everything else is 415, and 406 for what it could not answer in. */
export function registerFormats(app: FastifyInstance): void {
  app.decorateRequest('received', null);
  app.removeAllContentTypeParsers();
  for (const format of formats) {
    for (const contentType of format.contentTypes) {
      app.addContentTypeParser(contentType, { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
        read(format, request, body),
      );
    }
  }
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Clients put a content type on a PUT without a body; only a body that we cannot read is a mistake.
    if (body.length === 0) done(null, undefined);
    else done(unreadable(request));
  });
}

function unreadable({ headers, routeOptions }: FastifyRequest): AppError {
  const { takesFiles, takesDocuments, alsoAnswers = [] } = routeOptions.config;
  const files = takesFiles
    ? ', as a form with the field file, or as text/csv'
    : takesDocuments
      ? `, ${alsoAnswers.join(', ')}`
      : '';
  const next = `Say what it is in Content-Type: ${names}${files}.`;
  return new AppError('unsupported-media-type', `Bodies can be sent as ${names}${files}.`, {
    details: [
      { field: 'Content-Type', message: `${headers['content-type'] ?? 'none'} cannot be read here`, next },
    ],
  });
}

async function read(format: Format, request: FastifyRequest, body: Buffer): Promise<unknown> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new AppError('unsupported-media-type', 'Bodies must be sent without content-encoding.');
  }
  if (!isUtf8(body)) throw new AppError('invalid-document', 'The body is not UTF-8.');
  const text = (await inSlices(textOf(body))).replace(/^\uFEFF/, '');
  if (text.trim() === '') return undefined;
  const { plain, kept } = await inSlices(format.parse(text));
  request.received = { text, kept };
  return plain;
}

const BYTES_AT_ONCE = 262_144;

/** Letters beyond ASCII take many times as long as to parse them. */
function* textOf(body: Buffer): SlicedWork<string> {
  const decoding = createTextDecoding('utf-8');
  const parts: string[] = [];
  for (let at = 0; at < body.length; at += BYTES_AT_ONCE) {
    if (at > 0) yield;
    parts.push(decoding.write(body.subarray(at, at + BYTES_AT_ONCE)));
  }
  return parts.join('');
}

const X12_TYPES = ['application/edi-x12', 'application/edi', 'application/x12'];
const X12_NEXT =
  'X12 needs the ids of both sides: GET {key}/EDI answers it where a delivery profile (setting deliveryProfiles) of format x12 names them.';

/** @throws AppError not-acceptable when `Accept` rules out everything that we can answer in */
export function checkAccept(accept: string | undefined, also: readonly string[] = []): void {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  const wanted = weightedTypes(accept)
    .filter(({ weight }) => weight > 0)
    .map(({ type }) => (type === 'text/xml' ? 'application/xml' : type));
  if (wanted.some((type) => also.includes(type))) return;
  if (wanted.some((type) => type === '' || formats.some(({ accepted }) => accepted.test(type)))) return;
  const possible = [names, ...also].join(', ');
  const isX12 = wanted.some((type) => X12_TYPES.includes(type));
  throw new AppError('not-acceptable', `Answers come as ${possible}.`, {
    details: [
      {
        field: 'Accept',
        message: `${accept.slice(0, 100)} cannot be had`,
        next: isX12 ? X12_NEXT : `Ask for ${possible}, or leave Accept out.`,
      },
    ],
  });
}
