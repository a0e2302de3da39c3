import { EventEmitter } from 'node:events';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { HOUR_MS, SECOND_MS } from '../kernel/time.js';
import type { Clock } from '../kernel/time.js';
import { callTimes, NotSentError } from './call-fence.js';

const unzip = promisify(gunzip);

export interface DoorRequest {
  /** From hostsFor(), so that it is on the allow-list. */
  origin: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and encoded query. */
  target: string;
  headers: Record<string, string>;
  body?: Buffer | undefined;
  /** Of a write: the moment (performance.now()) after which it must not leave any more; see Fence. */
  leaveBefore?: number | undefined;
}

export interface DoorAnswer {
  status: number;
  text: string;
  retryAfterMs: number | null;
  /** HTTP Date, to the second. */
  serverTime: Date | null;
}

/** No usable answer came. `arrived` is false only when the request surely never reached the server. */
export class NoAnswerError extends Error {
  readonly arrived: boolean;

  constructor(problem: string, arrived: boolean, cause: unknown) {
    super(problem, { cause });
    this.name = 'NoAnswerError';
    this.arrived = arrived;
  }
}

export interface DoorSettings {
  clock: Clock;
  /** Longest wait for a connection, TLS included. */
  connectTimeoutMs?: number;
  /** Longest wait for the whole answer, waiting for a free connection included. */
  answerTimeoutMs?: number;
  /** Largest answer, after decompression. */
  maxAnswerBytes?: number;
  /** Connections kept per host. */
  connections?: number;
}

/** The one way out to TikTok: bytes in, text out. Knows nothing of signatures or codes. */
export interface HttpDoor {
  /**
   * Never follows a redirect: it comes back as the 3xx that it is.
   * @throws NoAnswerError; NotSentError when the request could not be written before its `leaveBefore`
   */
  send(request: DoorRequest): Promise<DoorAnswer>;
  close(): Promise<void>;
}

export function createHttpDoor(settings: DoorSettings): HttpDoor {
  const answerTimeoutMs = settings.answerTimeoutMs ?? callTimes.answerTimeoutMs;
  const maxAnswerBytes = settings.maxAnswerBytes ?? 32 * 1024 * 1024;
  const agent = new Agent({
    connections: settings.connections ?? 16,
    pipelining: 1,
    maxResponseSize: maxAnswerBytes,
    connect: { timeout: settings.connectTimeoutMs ?? 5 * SECOND_MS },
  });

  async function send(request: DoorRequest): Promise<DoorAnswer> {
    // A plain emitter does for undici what an AbortSignal does, at a tenth of the cost of AbortSignal.timeout.
    const deadline = new EventEmitter();
    const timer = setTimeout(() => deadline.emit('abort'), answerTimeoutMs);
    try {
      const response = await throughFence(agent, request.leaveBefore).request({
        origin: request.origin,
        method: request.method,
        path: request.target,
        headers: { 'accept-encoding': 'gzip', ...request.headers },
        body: request.body ?? null,
        signal: deadline,
      });
      const text = await textOf(response, maxAnswerBytes);
      return answerOf(response, text, settings.clock);
    } catch (error) {
      throw error instanceof NotSentError ? error : noAnswer(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return { send, close: () => agent.close() };
}

/**
 * undici says that a request starts in the moment in which it writes it, after waiting for a connection. There the room
 * that the fence has given is looked at last: between this line and the write nothing else of this process can happen.
 */
function throughFence(agent: Agent, leaveBefore: number | undefined): Dispatcher {
  if (leaveBefore === undefined) return agent;
  return agent.compose(
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

async function textOf(response: Dispatcher.ResponseData, maxAnswerBytes: number): Promise<string> {
  if (response.headers['content-encoding'] !== 'gzip') return response.body.text();
  const zipped = await response.body.arrayBuffer();
  return (await unzip(zipped, { maxOutputLength: maxAnswerBytes })).toString('utf8');
}

function answerOf(response: Dispatcher.ResponseData, text: string, clock: Clock): DoorAnswer {
  const serverTime = dateOf(headerOf(response, 'date'));
  const retryAfter = headerOf(response, 'retry-after');
  return {
    status: response.statusCode,
    text,
    serverTime,
    // A date is measured against the server's own clock: ours may be wrong.
    retryAfterMs: retryAfterMsOf(retryAfter, serverTime ?? clock.now()),
  };
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function dateOf(text: string | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A server that asks for more is mistaken, and must not silence a shop for good. */
const LONGEST_WAIT_MS = HOUR_MS;

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3); null when absent or unreadable. */
function retryAfterMsOf(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null;
  const waitMs = /^\s*\d+\s*$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - now.getTime();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}

/** Failures that come before the first byte of the request is sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

const problems: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  UND_ERR_ABORTED: 'the answer took too long',
  UND_ERR_HEADERS_TIMEOUT: 'the answer took too long',
  UND_ERR_BODY_TIMEOUT: 'the answer took too long',
  UND_ERR_SOCKET: 'the connection broke',
  ECONNRESET: 'the connection broke',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is too large',
  ERR_BUFFER_TOO_LARGE: 'the answer is too large',
};

function noAnswer(error: unknown): NoAnswerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new NoAnswerError(
    problems[code] ?? `the connection failed (${code})`,
    !NEVER_SENT.test(code),
    error,
  );
}
