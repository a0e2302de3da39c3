import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface ImageHost {
  port: number;
  /** Of a path, under a name that the door of the test leads to. */
  url(path: string, host?: string): string;
  /** What a path holds from now on; content is served with validators, as servers of images do. */
  put(path: string, what: Buffer | Answer): void;
  /** `path status` of every answer so far. */
  visits: string[];
  /** Requests that were open at once at most. */
  mostAtOnce(): number;
}

/** A server of images on loopback, as a seller would have one. */
export async function startImageHost(t: Pick<Test, 'teardown'>): Promise<ImageHost> {
  const contents = new Map<string, Buffer | Answer>();
  const visits: string[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    const path = (request.url ?? '/').split('?', 1)[0]!;
    response.on('close', () => {
      open -= 1;
      visits.push(`${path} ${response.statusCode}`);
    });
    const what = contents.get(path);
    if (typeof what === 'function') return what(response, request);
    if (what === undefined) return void response.writeHead(404).end();
    const etag = `"${createHash('md5').update(what).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { etag, 'content-type': 'image/png', 'content-length': what.length }).end(what);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path, host = 'img.test') => `http://${host}:${port}${path}`,
    put: (path, what) => void contents.set(path, what),
    visits,
    mostAtOnce: () => most,
  };
}

/** Names that lead to loopback, for a door that lets `names` in. */
export function loopbackNames(names: readonly string[]) {
  return {
    anywhere: names,
    resolve: async (hostname: string) =>
      names.includes(hostname) ? [{ address: '127.0.0.1', family: 4 }] : [],
  };
}
