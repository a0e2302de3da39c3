import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { TikTokError } from '../../src/tiktok/tiktok-errors.js';

/** A request as it came over the wire, for comparing with what was meant. */
export interface Received {
  method: string;
  path: string;
  /** Raw, as sent. */
  search: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Handler = (request: Received, response: ServerResponse) => void;

export interface FakeHost {
  origin: string;
  received: Received[];
  /** The handler of the next requests, one each; the last one stays. */
  answer(...handlers: Handler[]): void;
}

/** A small real HTTP server in TikTok's place; it knows nothing, it only answers what a test tells it to. */
export async function startFakeHost(t: Test): Promise<FakeHost> {
  const received: Received[] = [];
  let handlers: Handler[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://host');
      const entry: Received = {
        method: request.method ?? '',
        path: url.pathname,
        search: url.search,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      received.push(entry);
      const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
      handler?.(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- listening on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    answer(...next) {
      handlers = next;
    },
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** TikTok's envelope around `data`. */
export function success(data: unknown): Handler {
  return json({ code: 0, message: 'Success', request_id: 'REQ-OK', data });
}

/** TikTok's refusal, with HTTP 200 as it mostly comes. */
export function refusal(code: number, message: string, status = 200, headers = {}): Handler {
  return json({ code, message, request_id: 'REQ-NO', data: null }, status, headers);
}

/** A fresh copy each time, so that tests may change it. */
export function fixture(name: string): Record<string, unknown> {
  const url = new URL(`../../../test/fixtures/tiktok-client/${name}`, import.meta.url);
  const parsed: Record<string, unknown> = JSON.parse(readFileSync(url, 'utf8'));
  return parsed;
}

/** The TikTokError that a call ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<TikTokError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TikTokError) return error;
  throw error;
}
