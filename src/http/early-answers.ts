import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND_MS } from '../kernel/time.js';

/** A body of up to so many bytes is read to its end, and the connection kept. */
const SMALL_BYTES = 65_536;
/** So much is read on of a larger one: clients that look for an answer only after they have sent see it all the same. */
const LINGER_BYTES = 1_048_576;
const LINGER_MS = 3 * SECOND_MS;

/**
 * An answer may go out before the body is in: no key, no such path, too large, too slow, no room. Node would leave the rest
 * of the body in front of the next request, which then hangs, or would read on for half an hour. Here a small rest is read
 * away within seconds; for any other the answer says `Connection: close`, and the connection ends as soon as the
 * client has had the chance to see that.
 */
export function settleEarlyAnswer(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    if (!request.complete) {
      const { socket } = request;
      if (isSmall(request)) response.once('finish', () => readAway(request, socket));
      else closeAfter(request, response, socket);
    }
    return writeHead(...args);
  };
}

export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isSmall({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length']) <= SMALL_BYTES;
}

function closeAfter(request: IncomingMessage, response: ServerResponse, socket: Socket): void {
  response.shouldKeepAlive = false;
  // Node calls this when the answer is written. Destroyed with bytes unread, the socket would be reset, and the client
  // would lose the answer over that.
  socket.destroySoon = () => {
    socket.end();
    readAway(request, socket);
    request.once('end', () => socket.destroy());
  };
}

/** Reads what is left of the body and throws it away; the connection ends when that is too much or takes too long. */
function readAway(request: IncomingMessage, socket: Socket): void {
  if (request.complete || socket.destroyed) return;
  const end = (): void => void socket.destroy();
  const late = setTimeout(end, LINGER_MS).unref();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  });
  for (const event of ['end', 'close'] as const) request.once(event, () => clearTimeout(late));
  request.on('error', () => undefined);
  request.unpipe();
  request.resume();
}
