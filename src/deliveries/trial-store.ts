import type { Database } from '../store/database.js';

/** Carries a result out of a transaction that is undone. */
class Undone extends Error {
  constructor(readonly result: unknown) {
    super('undone');
  }
}

/** A store whose transactions are undone when they end well: what they have found is answered, what they have written is not there. */
export function trialStore(db: Database): Database {
  return {
    ...db,
    async transaction(work, options) {
      try {
        return await db.transaction(async (tx) => {
          throw new Undone(await work(tx));
        }, options);
      } catch (error) {
        if (error instanceof Undone) return error.result as never;
        throw error;
      }
    },
  };
}
