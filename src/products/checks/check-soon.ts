import type { Connection } from '../../connections/connection.js';
import { getConnection } from '../../connections/connection-store.js';
import { messageOf } from '../../kernel/errors.js';
import { checkProducts, type CheckDeps } from './check-products.js';

/** Checks of one process: of each connection one walk at a time, whoever asks. */
export interface Checker {
  /** Until everything that had changed before this call is checked. */
  check: (connection: Connection) => Promise<void>;
  /** After a file: in the background, so that whoever asks for its findings finds them made, or in the making. Never throws. */
  checkSoon: (connectionId: number) => void;
  /** Ends what runs after its batch. */
  close: () => Promise<void>;
}

export function createChecker(deps: CheckDeps): Checker {
  let isClosed = false;
  const walks = new Map<number, Promise<void>>();
  /** Of those that wait for a walk to end, to begin the next one together. */
  const next = new Map<number, Promise<void>>();

  function begin(connection: Connection): Promise<void> {
    const walk = checkProducts(deps, connection, () => isClosed).finally(() => walks.delete(connection.id));
    walks.set(connection.id, walk);
    return walk;
  }

  function check(connection: Connection): Promise<void> {
    const { id } = connection;
    const running = walks.get(id);
    if (!running) return begin(connection);
    // It may have passed what has changed since it began.
    const waiting = next.get(id);
    if (waiting) return waiting;
    const joined = running
      .catch(() => undefined)
      .then(() => {
        next.delete(id);
        return begin(connection);
      });
    next.set(id, joined);
    return joined;
  }

  return {
    check,
    async close() {
      isClosed = true;
      await Promise.allSettled(walks.values());
    },
    checkSoon(connectionId) {
      if (isClosed) return;
      void getConnection(deps.db.prisma, { id: connectionId })
        .then((connection) => check(connection))
        .catch((error: unknown) => {
          deps.log.warn(
            { connectionId, reason: messageOf(error) },
            'products are checked when they are asked for',
          );
        });
    },
  };
}
