import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorText } from './error-handler.js';

/** What reaches us as bytes that are no HTTP request, or too slowly, or with too large a head. */
const statuses: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** Long enough to read the answer. Node's own time limits do not hold any more for a socket that we have ended. */
const LINGER_MS = 1_000;

/** Answers on the bare socket: there is no request to reply to. Whoever does not hang up then is hung up on. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = statuses[error.code ?? ''] ?? [400, 'This is not an HTTP request.'];
  const body = errorText(status, message, 'invalid-request', []);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** For a body that is too slow, whatever it was for. */
export function answerTooLate(socket: Socket): void {
  const error = new Error('The body did not arrive in time');
  answerClientError(Object.assign(error, { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
}
