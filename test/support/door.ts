import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';

/**
 * A port of its own in front of a server, for what a server cannot be asked to do. `open`: everything passes. `closed`:
 * connections break and new ones are refused. `silent`: connections stay, new ones are taken, and nothing is ever answered.
 */
export interface Door {
  /** `url` with this port in the place of the server's. */
  urlOf(url: string): string;
  set(state: 'open' | 'closed' | 'silent'): Promise<void>;
}

export async function openDoor(t: Test, serverUrl: string): Promise<Door> {
  const target = Number(new URL(serverUrl).port);
  const sockets = new Set<Socket>();
  let state: 'open' | 'closed' | 'silent' = 'open';
  let server: Server | null = null;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const visit = (visitor: Socket): void => {
    keep(visitor);
    if (state === 'silent') return;
    const inside = connect(target, '127.0.0.1');
    keep(inside);
    for (const [from, to] of [
      [visitor, inside],
      [inside, visitor],
    ] as const) {
      from.pipe(to);
      from.on('close', () => to.destroy());
    }
  };
  const listen = async (port: number): Promise<number> => {
    server = createServer(visit).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  };
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const port = await listen(0);
  t.teardown(() => {
    server?.close();
    breakAll();
  });
  return {
    urlOf(url) {
      const through = new URL(url);
      through.port = String(port);
      return through.href;
    },
    async set(next) {
      if (next === 'silent') for (const socket of sockets) socket.unpipe().pause();
      else breakAll();
      if (next === 'closed') server?.close();
      else if (state === 'closed') await listen(port);
      state = next;
    },
  };
}
