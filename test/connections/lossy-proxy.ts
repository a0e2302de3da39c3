import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** Stands between the product and the simulator and loses answers on demand, after the simulator has done its part. */
export interface LossyProxy {
  url: string;
  /** The next `times` answers to requests whose path starts so never arrive. */
  loseAnswers(path: string, times: number): void;
  /** Called between the simulator's answer and its arrival. */
  beforeAnswer: ((path: string) => Promise<void>) | null;
}

export async function startLossyProxy(t: Test, target: string): Promise<LossyProxy> {
  let losing = { path: '', left: 0 };
  const proxy: LossyProxy = {
    url: '',
    loseAnswers: (path, left) => {
      losing = { path, left };
    },
    beforeAnswer: null,
  };
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const { method, headers } = incoming;
    const passed = forward(new URL(path, target), { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => void deliver(Buffer.concat(chunks)));
      const deliver = async (body: Buffer): Promise<void> => {
        await proxy.beforeAnswer?.(path);
        if (losing.left > 0 && path.startsWith(losing.path)) {
          losing.left -= 1;
          outgoing.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(body);
      };
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await listen(server);
  t.teardown(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
