import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export interface Received {
  id: string;
  type: string;
  key: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (message: Received, response: ServerResponse) => void;

export interface Receiver {
  url: string;
  received: Received[];
  /** Ids in the order in which they came. */
  ids(): string[];
  /** 204 for all when left out. */
  answer(with_?: number | Answer): void;
  /** The most calls that were under way at the same time. */
  mostAtOnce(): number;
}

/** A receiver of webhooks on loopback, as an ERP has one. */
export async function startReceiver(t: Test): Promise<Receiver> {
  const received: Received[] = [];
  let answer: Answer = (_, response) => void response.writeHead(204).end();
  let [atOnce, mostAtOnce] = [0, 0];
  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
    response.on('close', () => (atOnce -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { type, data } = JSON.parse(body) as { type: string; data: { LogicbrokerKey?: number } };
      const { headers } = request;
      const message = { id: String(headers['webhook-id']), type, key: data.LogicbrokerKey, headers, body };
      received.push(message);
      answer(message, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    ids: () => received.map(({ id }) => id),
    mostAtOnce: () => mostAtOnce,
    answer(with_ = 204) {
      answer = typeof with_ === 'number' ? (_, response) => void response.writeHead(with_).end() : with_;
    },
  };
}

/** As Standard Webhooks says that a receiver checks one, written without a line of ours. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const wanted = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(wanted);
}
