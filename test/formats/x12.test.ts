import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readX12 } from '../../src/formats/x12-reader.js';
import { cutText, x12Text, type X12CharacterSet } from '../../src/formats/x12-text.js';
import { writeX12, type X12Envelope, type X12Line } from '../../src/formats/x12-writer.js';
import { AppError } from '../../src/kernel/errors.js';
import { repository } from '../structure/source-files.js';

const SAMPLES = join(repository, 'test/fixtures/x12');
const TIME = new Date('2026-11-23T10:05:00Z');
const CONTROLS = { interchange: 41, group: 7 };
const envelope: X12Envelope = {
  sender: { qualifier: 'ZZ', id: 'TIKTOKSHOP' },
  receiver: { qualifier: '01', id: '000123456' },
  separators: { element: '*', component: '>', repetition: null, terminator: '~' },
  characterSet: 'extended',
  version: '004010',
  isTest: true,
  wantsTa1: false,
};

function sample(name: string): string {
  return readFileSync(join(SAMPLES, `${name}.edi`), 'utf8');
}

/** What the reader says to a text: its interchanges, or the one thing that it may throw. */
function outcomeOf(text: string): { interchanges?: ReturnType<typeof readX12>; refusal?: AppError } {
  try {
    return { interchanges: readX12(text) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') return { refusal: error };
    throw error;
  }
}

await t.test(
  'real files of seven partners are read, whatever they separate with and how they indent',
  async (t) => {
    const expected: Record<string, { group: string; version: string; segments: number; control: string }> = {
      'x12-180-005040': { group: 'AN', version: '005040', segments: 20, control: '123456789' },
      'x12-846-004010-odd-delimiters': { group: 'IB', version: '004010', segments: 16, control: '1979' },
      'x12-850-004010-po-two-lines': { group: 'PO', version: '004010', segments: 19, control: '0083' },
      'x12-855-004010': { group: 'PR', version: '004010', segments: 43, control: '852281220' },
      'x12-856-004010vics-sopi': { group: 'SH', version: '004010VICS', segments: 25, control: '0001' },
      'x12-856-004060-soi': { group: 'SH', version: '004060', segments: 31, control: '0008' },
    };
    for (const [name, { group, version, segments, control }] of Object.entries(expected)) {
      const [interchange, ...more] = readX12(sample(name));
      t.same(more, [], name);
      t.equal(interchange?.refusal, null, name);
      t.same(
        interchange?.groups.map((each) => [each.id, each.version, each.faults]),
        [[group, version, []]],
        name,
      );
      const sets = interchange?.groups[0]?.sets;
      t.same(
        sets?.map((set) => [set.control, set.segments.length, set.faults]),
        [[control, segments, []]],
        name,
      );
    }
    t.equal(
      Object.keys(expected).length,
      readdirSync(SAMPLES).filter((name) => name.endsWith('.edi')).length - 1,
    );
  },
);

await t.test(
  'an interchange whose trailer names another number counts for nothing, and says why',
  async (t) => {
    const [interchange] = readX12(sample('x12-850-004010-consumer-dropship'));
    t.equal(interchange?.refusal?.code, '001');
    t.match(interchange?.refusal?.message, /IEA02/);
    t.same(interchange?.groups, []);
    t.equal(interchange?.head.senderId, '000123456', 'padding that is no plain blank is none of the id');
  },
);

await t.test('a file that breaks off anywhere is refused as a whole, with the place', async (t) => {
  const whole = sample('x12-856-004010vics-sopi').trimEnd();
  for (let end = 0; end < whole.length - 1; end++) {
    const { refusal, interchanges } = outcomeOf(whole.slice(0, end));
    if (interchanges) t.fail(`cut at ${end} it was read`);
    if (refusal?.details[0]?.message === undefined) t.fail(`cut at ${end} it has no reason`);
  }
  t.equal(outcomeOf(whole.slice(0, -1)).interchanges?.length, 1, 'without its last terminator it is whole');
  const twice = outcomeOf(`${whole}\n${whole.slice(0, 300)}`);
  t.ok(twice.refusal, 'the whole interchange before a broken one is not taken alone');
});

await t.test('faults of sets and groups stand on them, and their neighbours are whole', async (t) => {
  const bodies = [1, 2, 3].map(() => ({ id: '850', lines: [['BEG', '00', 'DS', 'PO1']] as X12Line[] }));
  const text = writeX12('PO', bodies, envelope, CONTROLS, TIME);
  const codes = (changed: string): unknown =>
    readX12(changed).map(({ groups }) =>
      groups.map(({ faults, sets }) => [
        faults.map(({ code }) => code),
        ...sets.map((set) => set.faults.map(({ code }) => code)),
      ]),
    );
  t.same(codes(text), [[[[], [], [], []]]]);
  t.same(codes(text.replace('SE*3*0002', 'SE*4*0002')), [[[[], [], ['4'], []]]]);
  t.same(codes(text.replace('SE*3*0002', 'SE*3*0009')), [[[[], [], ['3'], []]]]);
  t.same(codes(text.replace('SE*3*0002~', '')), [[[[], [], ['2'], []]]]);
  t.same(codes(text.replace('ST*850*0002', 'ST*85X*0002')), [[[[], [], ['6'], []]]]);
  t.same(codes(text.replace('ST*850*0002', 'ST*850*2')), [[[[], [], ['7', '3'], []]]]);
  t.same(codes(text.replaceAll('0002', '0001')), [[[[], [], ['7'], []]]]);
  t.same(codes(text.replace('GE*3*7', 'GE*2*7')), [[[['5'], [], [], []]]]);
  t.same(codes(text.replace('GE*3*7', 'GE*3*8')), [[[['4'], [], [], []]]]);
  t.same(codes(text.replace('GE*3*7~', '')), [[[['3'], [], [], []]]]);
  t.equal(readX12(text.replace('IEA*1', 'IEA*2'))[0]?.refusal?.code, '021');
});

await t.test('several interchanges of one file have separators of their own', async (t) => {
  const body = [{ id: '850', lines: [['BEG', '00', 'DS', 'A*B~C|D']] as X12Line[] }];
  const other = { ...envelope, separators: { ...envelope.separators, element: '|', terminator: '\n' } };
  const text = writeX12('PO', body, envelope, CONTROLS, TIME) + writeX12('PO', body, other, CONTROLS, TIME);
  t.same(
    readX12(text).map(({ groups }) => groups[0]?.sets[0]?.segments[1]?.elements[2]),
    ['AXB C|D', 'A*B~C D'],
  );
});

await t.test(
  'lines that a network has wrapped in the middle of segments are read as they were',
  async (t) => {
    const body = [{ id: '850', lines: [['MSG', 'x'.repeat(200)]] as X12Line[] }];
    const text = writeX12('PO', body, envelope, CONTROLS, TIME);
    const wrapped = text.replaceAll(/(.{80})/g, '$1\r\n');
    t.same(readX12(wrapped), readX12(text));
  },
);

const data = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('*~>^|:\r\n\t\u001d\\}-+. aZ9é漢ถ😀\u0000')),
    maxLength: 30,
  }),
);
const separatorSets = fc.constantFrom(
  { element: '*', component: '>', repetition: null, terminator: '~' },
  { element: '|', component: ':', repetition: '^', terminator: '\n' },
  { element: '\u001d', component: '\u001f', repetition: '\u001e', terminator: '\u001c' },
  { element: '~', component: '>', repetition: '!', terminator: '}' },
  { element: '?', component: "'", repetition: '_', terminator: '\r' },
);

await t.test(
  'whatever stands in the data, the interchange is read back with the same segments',
  async (t) => {
    const line = fc.array(data, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        separatorSets,
        fc.constantFrom<X12CharacterSet>('basic', 'extended', 'utf-8'),
        fc.constantFrom('004010', '004010VICS', '005010'),
        (sets, separators, characterSet, version) => {
          const used = { ...envelope, separators, characterSet, version };
          const bodies = sets.map((lines) => ({
            id: '850',
            lines: lines.map((elements): X12Line => ['MSG', ...elements]),
          }));
          const text = writeX12('PO', bodies, used, CONTROLS, TIME);
          const [interchange] = readX12(text);
          const { groups, refusal, separators: seen } = interchange!;
          if (refusal || groups[0]!.faults.length > 0) throw new Error(String(refusal?.message));
          const read = groups[0]!.sets.map((set) => {
            if (set.faults.length > 0) throw new Error(set.faults[0]!.message);
            return set.segments.slice(1, -1).map(({ elements }) => [...elements]);
          });
          const expected = sets.map((lines) =>
            lines.map((elements) => {
              const clean = elements.map((value) => x12Text(value, seen, characterSet).text);
              while (clean.at(-1) === '') clean.pop();
              return clean;
            }),
          );
          return JSON.stringify(read) === JSON.stringify(expected);
        },
      ),
      { numRuns: 400 },
    );
    t.pass();
  },
);

await t.test('hostile bytes are read or refused, never anything else', async (t) => {
  const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.edi'));
  const samples = names.map((name) => readFileSync(join(SAMPLES, name), 'utf8'));
  const edit = fc.record({
    at: fc.nat(2_000),
    length: fc.nat(40),
    text: fc.oneof(data, fc.constantFrom('ISA*', '~GE*1*1~', '~ST*850*1~', '~IEA*1*1~', '***', '~~~')),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(edit, { minLength: 1, maxLength: 5 }),
      (text, edits) => {
        let hostile = text;
        for (const { at, length, text: put } of edits)
          hostile = hostile.slice(0, at) + put + hostile.slice(at + length);
        outcomeOf(hostile);
      },
    ),
    { numRuns: 2_000 },
  );
  for (const text of ['', ' ', 'ISA', 'ISA*', `ISA${'*'.repeat(100_000)}`, 'UNA:+.? ', '{"a":1}', '\uFEFF'])
    t.ok(outcomeOf(text).refusal, JSON.stringify(text.slice(0, 20)));
});

await t.test('what a masked phone, a name and a message become', async (t) => {
  const { separators } = envelope;
  const cases: [string, X12CharacterSet, string, number][] = [
    ['(+1)213-***-1234', 'extended', '(+1)213-XXX-1234', 0],
    ['Łukasz Müßig', 'extended', 'Lukasz Mussig', 0],
    ['Nguyễn Thị Đào', 'basic', 'NGUYEN THI DAO', 0],
    ['line 1\r\nline 2', 'extended', 'line 1  line 2', 0],
    ['Thanks 😀!', 'extended', 'Thanks ?!', 1],
    ['山田', 'utf-8', '山田', 0],
    ['山田', 'basic', '??', 2],
    ['zero\u200bwidth\u0000', 'extended', 'zerowidth', 0],
  ];
  for (const [value, set, text, lost] of cases)
    t.same(x12Text(value, separators, set), { text, lost }, value);
});

await t.test('a text is cut between characters, and not in one', async (t) => {
  t.equal(cutText('ab 😀😀', 4), 'ab 😀');
  t.equal(cutText('ab cd', 3), 'ab');
  t.equal(cutText('ab', 2), 'ab');
});

await t.test('an envelope that nobody could read is refused before anything is written', async (t) => {
  const write = (change: Partial<X12Envelope>, controls = CONTROLS): string =>
    writeX12('PO', [], { ...envelope, ...change }, controls, TIME);
  const bad: [Partial<X12Envelope>, RegExp][] = [
    [{ separators: { ...envelope.separators, element: 'A' } }, /cannot separate/],
    [{ separators: { ...envelope.separators, component: '*' } }, /same character/],
    [{ separators: { ...envelope.separators, element: '' } }, /one character/],
    [{ sender: { qualifier: 'Z', id: 'X' } }, /qualifier/],
    [{ sender: { qualifier: 'ZZ', id: 'A'.repeat(16) } }, /15 characters/],
    [{ receiver: { qualifier: 'ZZ', id: 'A*B' } }, /separators or the character set/],
    [{ version: '4010' }, /six digits/],
  ];
  for (const [change, message] of bad) t.throws(() => write(change), { message });
  for (const interchange of [0, 1_000_000_000, 1.5])
    t.throws(() => write({}, { interchange, group: 1 }), { message: /control number/ });
  const [isa] = write({ version: '005010' }).split('~');
  t.equal(isa?.length, 105, 'ISA has 106 characters with its terminator');
  t.match(isa, /\*\^\*00501\*000000041\*0\*T\*>$/);
});
