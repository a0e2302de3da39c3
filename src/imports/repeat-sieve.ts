const LEAST_BITS = 20;
/** 16 MB: of a million keys some four thousand are suspected without need, of five million a hundred thousand. */
const MOST_BITS = 27;
/** A row has some twenty bytes; four bits for each byte keep false suspicion rare. */
const BITS_PER_BYTE = 4;
/** Beyond that PostgreSQL looks for the repeated keys by itself, in all rows. */
const MOST_SUSPECTS = 50_000;

const START = 0x81_1c_9d_c5;
const PRIME = 0x01_00_01_93;

/** Finds the keys that may stand in a file more than once, in memory that does not grow with the file. */
export interface RepeatSieve {
  /** To begin a key with; `next` takes each of its characters (of ASCII: bytes). */
  start: number;
  next(hash: number, character: number): number;
  /** Whether a key of the same hash was seen before. */
  sees(hash: number): boolean;
  suspect(key: string): void;
  /** Keys of which some may stand there twice; all others stand there once. Null: too many to name. */
  suspects(): string[] | null;
}

/** A bit for each hash: a key whose bit is set already is suspected. Most suspects of a plain feed are innocent. */
export function createRepeatSieve(fileBytes: number): RepeatSieve {
  const wanted = Math.ceil(Math.log2(Math.max(1, fileBytes) * BITS_PER_BYTE));
  const bits = Math.min(MOST_BITS, Math.max(LEAST_BITS, wanted));
  const seen = new Uint32Array(2 ** (bits - 5));
  const shift = 32 - bits;
  const keys = new Set<string>();
  return {
    start: START,
    next: (hash, character) => Math.imul(hash ^ character, PRIME),
    sees(hash) {
      // FNV spreads into its upper bits only slowly: two rounds of mixing make up for short keys.
      let mixed = Math.imul(hash ^ (hash >>> 16), 0x7f_eb_35_2d);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x84_6c_a6_8b);
      mixed = (mixed ^ (mixed >>> 16)) >>> shift;
      const word = mixed >>> 5;
      const bit = 1 << (mixed & 31);
      const known = (seen[word]! & bit) !== 0;
      seen[word]! |= bit;
      return known;
    },
    suspect(key) {
      if (keys.size <= MOST_SUSPECTS) keys.add(key);
    },
    suspects: () => (keys.size > MOST_SUSPECTS ? null : [...keys]),
  };
}

/** As the reader of plain rows does it byte by byte. */
export function sift(sieve: RepeatSieve, key: string): void {
  let hash = sieve.start;
  for (let at = 0; at < key.length; at++) hash = sieve.next(hash, key.charCodeAt(at));
  if (sieve.sees(hash)) sieve.suspect(key);
}
