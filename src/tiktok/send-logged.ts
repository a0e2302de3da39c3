import type { Logger } from '../kernel/log.js';
import type { Lane } from '../kernel/lane.js';
import { errorOfSilence } from './classify.js';
import { readEnvelope } from './answer-envelope.js';
import type { Envelope, ReadAnswer } from './answer-envelope.js';
import type { DoorAnswer, DoorRequest, HttpDoor } from '../outbound/http-door.js';
import { NoAnswerError } from '../outbound/no-answer.js';

const SHORTEST_SECRET = 8;

/** What the log tells of a call. Nothing else of it gets there: no query, no headers, no body, no words of TikTok's. */
export interface CallLine {
  effect: 'read' | 'write';
  method: string;
  /** Path without the query. */
  path: string;
  shopId?: string;
  lane?: Lane;
}

/**
 * One request with its one wide log line, whether it succeeds or not.
 *
 * @throws TikTokError when there is no answer at all; every answer that came is returned
 */
export async function sendLogged(
  door: HttpDoor,
  request: DoorRequest,
  log: Logger,
  line: CallLine,
  ended?: (code: string | null, durationMs: number, requestId: string | null) => void,
): Promise<ReadAnswer> {
  const startedAtMs = performance.now();
  const answer = await door.send(request).catch((error: unknown) => {
    if (!(error instanceof NoAnswerError)) throw error;
    writeLine(log, { ...line, failure: error.message }, startedAtMs);
    ended?.(null, performance.now() - startedAtMs, null);
    throw errorOfSilence(error, line.effect);
  });
  const envelope = readEnvelope(answer.text);
  if (envelope?.requestId && isQuoted(envelope.requestId, request)) envelope.requestId = null;
  writeLine(log, { ...line, ...outcomeOf(answer, envelope) }, startedAtMs);
  ended?.(envelope?.code ?? null, performance.now() - startedAtMs, envelope?.requestId ?? null);
  return { ...answer, envelope };
}

/** An answer that gives back a token of the request as its id must not bring it into the log. */
function isQuoted(requestId: string, { target, headers }: DoorRequest): boolean {
  return (
    requestId.length >= SHORTEST_SECRET &&
    [target, ...Object.values(headers)].some((sent) => sent.includes(requestId))
  );
}

function outcomeOf(answer: DoorAnswer, envelope: Envelope | null): Record<string, unknown> {
  return {
    status: answer.status,
    code: envelope?.code ?? null,
    requestId: envelope?.requestId ?? null,
    bytes: answer.text.length,
  };
}

function writeLine(log: Logger, fields: Record<string, unknown>, startedAtMs: number): void {
  const line = { ...fields, durationMs: Math.round(performance.now() - startedAtMs) };
  if (fields['code'] === '0') log.info(line, 'tiktok call');
  else log.warn(line, 'tiktok call failed');
}
