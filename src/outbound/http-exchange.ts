import { EventEmitter } from 'node:events';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { NotSentError } from './call-fence.js';
import type { DoorLimits } from './door-limits.js';
import { noAnswer } from './no-answer.js';

const unzip = promisify(gunzip);

/** A request as it is written. */
export interface Exchange {
  origin: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and encoded query. */
  target: string;
  headers: Record<string, string>;
  body?: Buffer | undefined;
  /** Of a write: the moment (performance.now()) after which it must not leave any more; see Fence. */
  leaveBefore?: number | undefined;
  /** Only the status counts: what follows is looked at no more than it takes to use the connection again. */
  skipsBody?: boolean | undefined;
}

export interface RawAnswer {
  status: number;
  /** Names in lower case; the first value of those that came several times. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * One request and its whole answer, never a redirect's.
 * @throws NoAnswerError; RefusedAddressError; NotSentError when the request could not be written before its `leaveBefore`
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: Exchange,
  { answerTimeoutMs, maxAnswerBytes }: Pick<DoorLimits, 'answerTimeoutMs' | 'maxAnswerBytes'>,
): Promise<RawAnswer> {
  // A plain emitter does for undici what an AbortSignal does, at a tenth of the cost of AbortSignal.timeout.
  const deadline = new EventEmitter();
  const timer = setTimeout(() => deadline.emit('abort'), answerTimeoutMs);
  try {
    const response = await throughFence(dispatcher, request.leaveBefore).request({
      origin: request.origin,
      method: request.method,
      path: request.target,
      headers: { 'accept-encoding': 'gzip', ...request.headers },
      body: request.body ?? null,
      signal: deadline,
    });
    const headers = plainHeaders(response.headers);
    if (request.skipsBody) {
      void skip(response.body, maxAnswerBytes);
      return { status: response.statusCode, headers, body: Buffer.alloc(0) };
    }
    return {
      status: response.statusCode,
      headers,
      body: await contentOf(response, headers['content-encoding'], maxAnswerBytes),
    };
  } catch (error) {
    throw error instanceof NotSentError ? error : noAnswer(error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * undici says that a request starts in the moment in which it writes it, after waiting for a connection. There the room
 * that the fence has given is looked at last: between this line and the write nothing else of this process can happen.
 */
function throughFence(dispatcher: Dispatcher, leaveBefore: number | undefined): Dispatcher {
  if (leaveBefore === undefined) return dispatcher;
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart(controller, context) {
          if (performance.now() > leaveBefore) throw new NotSentError('it would have left too late');
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (...args) => handler.onResponseStart?.(...args),
        onResponseData: (...args) => handler.onResponseData?.(...args),
        onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
        onResponseError: (...args) => handler.onResponseError?.(...args),
      }),
  );
}

const SKIP_MS = 1_000;

async function skip(body: Dispatcher.ResponseData['body'], maxAnswerBytes: number): Promise<void> {
  try {
    await body.dump({ limit: maxAnswerBytes, signal: AbortSignal.timeout(SKIP_MS) });
  } catch {
    // Its connection is closed then, which is all that was wanted.
    body.destroy();
  }
}

async function contentOf(
  { body }: Dispatcher.ResponseData,
  encoding: string | undefined,
  maxAnswerBytes: number,
): Promise<Buffer> {
  const content = Buffer.from(await body.arrayBuffer());
  return encoding === 'gzip' ? unzip(content, { maxOutputLength: maxAnswerBytes }) : content;
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first]];
    }),
  );
}
