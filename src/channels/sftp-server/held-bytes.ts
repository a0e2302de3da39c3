/** Memory that one client's transfers hold, out of what all clients share. */
export interface ByteShare {
  /** @returns false where there is no room now */
  take(bytes: number): boolean;
  give(bytes: number): void;
  /** All that is still held: the client has gone. Nothing is taken after it. */
  end(): void;
}

/**
 * Counts the bytes that transfers hold in memory over all clients, so that any number of them cannot fill it, and one company cannot take
 * what the others need.
 */
export function createHeldBytes(limits: { most: number; mostOfOne: number }) {
  const heldBy = new Map<number, number>();
  let held = 0;
  return {
    held: () => held,
    shareOf(companyId: number): ByteShare {
      let own = 0;
      let isOver = false;
      const add = (bytes: number): void => {
        own += bytes;
        held += bytes;
        const sum = (heldBy.get(companyId) ?? 0) + bytes;
        if (sum > 0) heldBy.set(companyId, sum);
        else heldBy.delete(companyId);
      };
      return {
        take(bytes) {
          const isTooMuch =
            held + bytes > limits.most || (heldBy.get(companyId) ?? 0) + bytes > limits.mostOfOne;
          if (isOver || isTooMuch) return false;
          add(bytes);
          return true;
        },
        give(bytes) {
          if (!isOver) add(-bytes);
        },
        end() {
          add(-own);
          isOver = true;
        },
      };
    },
  };
}
