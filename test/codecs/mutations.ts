import fc from 'fast-check';

/** What readers of files stumble over, put into the middle of one. */
const TOKENS = [
  '',
  '\u0000',
  '"',
  '""',
  '\r',
  '\n',
  ',',
  ';',
  '\t',
  '*',
  '~',
  '>',
  '^',
  '\\',
  '<',
  '&',
  '&#x0;',
  '&lol;',
  '<![CDATA[',
  '<!--',
  ']]>',
  '{',
  '[[[[[[[[',
  '}',
  '1e999',
  '-0',
  '9'.repeat(400),
  'é',
  '😀',
  '\ud800',
  '\ufeff',
  '\u202e',
  '__proto__',
  'constructor',
  'PK\u0003\u0004',
  'ISA*00*',
  'IEA*1*000000091~',
  'x'.repeat(5_000),
].map((text) => Buffer.from(text));

interface Change {
  /** Where, as a part of the file. */
  at: number;
  what: 'cut' | 'drop' | 'repeat' | 'flip' | 'put' | 'swap' | 'shuffle';
  length: number;
  token: Buffer;
  bit: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  what: fc.constantFrom('cut', 'drop', 'repeat', 'flip', 'put', 'swap', 'shuffle'),
  length: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2_000 })),
  token: fc.oneof(
    fc.constantFrom(...TOKENS),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  ),
  bit: fc.nat(7),
});

/** One to six things that happen to a file on its way. */
export const changes: fc.Arbitrary<Change[]> = fc.array(change, { minLength: 1, maxLength: 6 });

export function changed(bytes: Buffer, given: readonly Change[]): Buffer {
  return given.reduce(apply, bytes);
}

function apply(bytes: Buffer, { at, what, length, token, bit }: Change): Buffer {
  const start = Math.floor(at * bytes.length);
  const [before, piece, after] = [
    bytes.subarray(0, start),
    bytes.subarray(start, start + length),
    bytes.subarray(start + length),
  ];
  switch (what) {
    case 'cut':
      return before;
    case 'drop':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, piece, piece, after]);
    case 'put':
      return Buffer.concat([before, token, piece, after]);
    case 'swap':
      return Buffer.concat([before, token, after]);
    case 'shuffle':
      return Buffer.concat([after, piece, before]);
    default: {
      const copy = Buffer.from(bytes);
      if (start < copy.length) copy[start] = copy[start]! ^ (1 << bit);
      return copy;
    }
  }
}

/** A run that is the same each time; with FUZZ_SEED another one, and with FUZZ_RUNS a longer one. fast-check prints the seed of a failure. */
export function fuzzRuns(runs: number): fc.Parameters<unknown> {
  const { FUZZ_SEED, FUZZ_RUNS } = process.env;
  return {
    seed: Number(FUZZ_SEED ?? 15),
    numRuns: Number(FUZZ_RUNS ?? runs),
    interruptAfterTimeLimit: FUZZ_RUNS === undefined ? 40_000 : 3_600_000,
  };
}
