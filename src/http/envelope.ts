import type { FastifyReply } from 'fastify';
import { writeJson } from '../formats/json.js';
import type { ApiVersion } from './api.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends JSON text as it is: stored documents are never parsed on their way out. */
export function sendJson(reply: FastifyReply, json: string): FastifyReply {
  // As bytes at once: Fastify and Node would walk a long string twice more, for its length and for the socket.
  return reply.type(JSON_TYPE).send(Buffer.from(json));
}

/** `{Code, Message, Body}` around JSON text. */
export function messageText(body: string, status = 200, message = 'OK'): string {
  return `{"Code":"${status}","Message":${JSON.stringify(message)},"Body":${body}}`;
}

/** `{Code, Message, Body}` around data. */
export function sendMessage(reply: FastifyReply, body: unknown, status = 200, message = 'OK'): FastifyReply {
  return sendJson(reply.code(status), messageText(writeJson(body), status, message));
}

interface PageNumbers {
  /** From 0. */
  page: number;
  pageSize: number;
  totalRecords: number;
}

/**
 * A page of records that are JSON text already. v1 lists are enveloped and name their records, v2 and v3 are a bare
 * ArrayResponse.
 */
export function listText(
  version: ApiVersion,
  v1Name: string,
  records: string[],
  numbers: PageNumbers,
): string {
  const totals =
    `"TotalPages":${Math.ceil(numbers.totalRecords / numbers.pageSize)},"CurrentPage":${numbers.page},` +
    `"TotalRecords":${numbers.totalRecords}`;
  if (version !== 'v1') return `{"Records":[${commaJoined(records)}],${totals}}`;
  return messageText(`{"${v1Name}":[${commaJoined(records)}],${totals}}`);
}

/** Concatenation only links the long texts; `join` would copy them once more. */
function commaJoined(records: string[]): string {
  let text = records[0] ?? '';
  for (let index = 1; index < records.length; index++) text += `,${records[index]}`;
  return text;
}
