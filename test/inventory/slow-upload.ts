import { request, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/store/database.js';
import type { TestApi } from '../support/api.js';

interface Answer {
  status: number;
  json: ReturnType<typeof JSON.parse>;
}

export interface SlowUpload {
  /** Number that the file was given at its first byte. */
  id: number;
  /** Sends the rest and answers what the service says. */
  finish(rest: string): Promise<Answer>;
  /** The sender goes away in the middle. */
  hangUp(): void;
}

/** Begins an upload and stops in its body: the service has taken its first byte, and waits for the rest. */
export async function beginUpload(
  db: Database,
  { app, seller, key }: Pick<TestApi, 'app' | 'seller' | 'key'>,
  first: string,
  { path = '', type = 'text/csv', query = '' } = {},
): Promise<SlowUpload> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const before = await receiving(db, seller.connectionId);
  const call = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: `/api/v3/Inventory/${seller.partnerId}${path}${query}`,
    headers: { subscriptionkey: key, 'content-type': type },
  });
  const answer = answerOf(call);
  answer.catch(() => undefined);
  call.write(first);
  for (;;) {
    const id = (await receiving(db, seller.connectionId)).find((one) => !before.includes(one));
    if (id !== undefined) {
      return {
        id,
        finish: (rest) => {
          call.end(rest);
          return answer;
        },
        hangUp: () => void call.destroy(),
      };
    }
    await sleep(5);
  }
}

async function receiving(db: Database, connectionId: number): Promise<number[]> {
  const rows = await db.prisma.import.findMany({ where: { connectionId, state: 'receiving' } });
  return rows.map(({ id }) => id);
}

function answerOf(call: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }));
      response.on('error', reject);
    });
  });
}
