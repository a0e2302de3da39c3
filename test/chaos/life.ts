import type { Database } from '../../src/store/database.js';
import type { DoorAnswer, DoorRequest, HttpDoor } from '../../src/outbound/http-door.js';

/** One worker's turn, from its claim to its record or its death. */
export interface Life {
  db: Database;
  door: HttpDoor;
  /** From here on nothing of this worker's reaches TikTok or the store. */
  die(): void;
  isDead(): boolean;
}

/** A moment in a worker's turn at which it has to wait for somebody else. */
export type Moment = 'call' | 'answer' | 'commit' | 'committed';

/** What happens to a worker at its moments. */
export interface Fate {
  at(moment: Moment, life: Life, request?: DoorRequest): Promise<void>;
}

export class Died extends Error {
  constructor() {
    super('this worker is dead');
    this.name = 'Died';
  }
}

/**
 * A worker's own way to the store and to TikTok. A dead worker's turn unwinds at once, and whatever it tries on its way out
 * reaches nobody: what is left behind is what a process leaves that is killed there.
 */
export function beginLife(db: Database, door: HttpDoor, fate: Fate): Life {
  let isDead = false;
  const alive = (): void => {
    if (isDead) throw new Died();
  };
  const send = async (request: DoorRequest): Promise<DoorAnswer> => {
    alive();
    await fate.at('call', life, request);
    alive();
    try {
      return await door.send(request);
    } finally {
      await fate.at('answer', life, request);
      alive();
    }
  };
  const guarded = <T>(work: (tx: never) => Promise<T>) => {
    return async (tx: unknown): Promise<T> => {
      const result = await work(tx as never);
      await fate.at('commit', life);
      // Thrown inside: what is not committed is rolled back.
      alive();
      return result;
    };
  };
  const afterwards = async <T>(done: Promise<T>): Promise<T> => {
    const result = await done;
    await fate.at('committed', life);
    alive();
    return result;
  };
  const life: Life = {
    die: () => void (isDead = true),
    isDead: () => isDead,
    door: { send, close: async () => undefined },
    db: {
      connectionBudget: db.connectionBudget,
      get prisma() {
        alive();
        return db.prisma;
      },
      get pool() {
        alive();
        return db.pool;
      },
      async transaction(work, options) {
        alive();
        return afterwards(db.transaction(guarded(work), options));
      },
      async sqlTransaction(work) {
        alive();
        return afterwards(db.sqlTransaction(guarded(work)));
      },
      close: async () => undefined,
    },
  };
  return life;
}
