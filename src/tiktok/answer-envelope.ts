import { errorOfRefusal, errorOfUnreadableAnswer } from './classify.js';
import type { Effect } from './classify.js';
import { parseExactJson, withoutUnstorable } from './exact-json.js';
import type { DoorAnswer } from '../outbound/http-door.js';
import { hideSecrets, saneRequestId } from './hide-secrets.js';
import { asRecord, textOrNull } from './wire/read.js';

/** TikTok's envelope `{code, message, request_id, data}`, read leniently. */
export interface Envelope {
  code: string;
  message: string;
  requestId: string | null;
  data: Record<string, unknown>;
}

/** What a call that went well brings. */
export interface TikTokAnswer {
  /** The envelope's `data`; an empty object where TikTok sent none. */
  data: Record<string, unknown>;
  requestId: string | null;
  /** TikTok's clock when it answered (HTTP Date), to the second. */
  serverTime: Date | null;
}

/** Null for anything that is not TikTok's envelope. Ids beyond 2^53 are exact; characters that no database takes are gone. */
export function readEnvelope(text: string): Envelope | null {
  const body = asRecord(parseOrNull(text));
  const code = textOrNull(body?.['code']);
  if (!body || code === null || !/^\d{1,20}$/.test(code)) return null;
  return {
    code,
    message: textOrNull(body['message']) ?? '',
    requestId: saneRequestId(textOrNull(body['request_id'])),
    data: asRecord(body['data']) ?? {},
  };
}

function parseOrNull(text: string): unknown {
  try {
    return withoutUnstorable(parseExactJson(text), text);
  } catch {
    return null;
  }
}

/** An answer together with what was read from it; read once, for the log line and for the judgement. */
export interface ReadAnswer extends DoorAnswer {
  envelope: Envelope | null;
}

/**
 * The content of a successful answer. `code` alone decides; the HTTP status is asked only where there is no envelope,
 * because TikTok sends most refusals with HTTP 200. `secrets` never show up in the error's text.
 *
 * @throws TikTokError
 */
export function judge(
  answer: ReadAnswer,
  context: { effect: Effect; secrets: readonly string[] },
): TikTokAnswer {
  const { envelope, status, retryAfterMs, serverTime } = answer;
  if (!envelope) {
    throw errorOfUnreadableAnswer(
      { httpStatus: status, retryAfterMs, problem: problemOf(answer) },
      context.effect,
    );
  }
  const { code, data, requestId } = envelope;
  if (code === '0') return { data, requestId, serverTime };
  const message = hideSecrets(envelope.message, context.secrets);
  throw errorOfRefusal(
    { tiktokCode: code, message, httpStatus: status, requestId, retryAfterMs },
    context.effect,
  );
}

function problemOf(answer: DoorAnswer): string {
  if (answer.status >= 300 && answer.status < 400) return 'a redirect, which is never followed';
  return answer.text === '' ? 'nothing else' : "something that is not TikTok's JSON";
}
