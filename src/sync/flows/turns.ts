/** Runs `work` when everything that was asked for before under the same key has ended, well or badly. */
type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A line of waiting work per key, within this process. */
export function createTurns(): InTurn {
  const ends = new Map<string, Promise<void>>();
  return (key, work) => {
    const turn = (ends.get(key) ?? Promise.resolve()).then(work);
    const end = turn.then(leave, leave);
    ends.set(key, end);
    return turn;

    function leave(): void {
      if (ends.get(key) === end) ends.delete(key);
    }
  };
}
