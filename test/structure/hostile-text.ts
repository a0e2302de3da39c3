import ts from 'typescript';

/** A pattern that the sources hold: a literal, `new RegExp(...)` or the `pattern` of a JSON schema. */
export interface FoundPattern {
  /** File and text, by which lists name it. */
  name: string;
  /** Null where it is put together while the program runs. */
  pattern: RegExp | null;
}

/** All patterns of a TypeScript file, by its syntax tree: what a search for slashes misses or invents is no matter. */
export function patternsOf(path: string, text: string): FoundPattern[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: FoundPattern[] = [];
  const visit = (node: ts.Node): void => {
    const add = (pattern: RegExp | null): void =>
      void found.push({ name: `${path} ${node.getText(file)}`, pattern });
    if (ts.isRegularExpressionLiteral(node)) add(literal(node.text));
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && isNamed(node.expression, 'RegExp'))
      add(null);
    const schemaPattern = patternOfSchema(node, file);
    if (schemaPattern !== null) add(new RegExp(schemaPattern, 'u'));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}

function literal(text: string): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

/** `pattern: '...'` among the options of `Type.String(...)`. */
function patternOfSchema(node: ts.Node, file: ts.SourceFile): string | null {
  if (!ts.isPropertyAssignment(node) || !isNamed(node.name, 'pattern')) return null;
  if (!ts.isStringLiteralLike(node.initializer)) return null;
  const call = node.parent.parent;
  return ts.isCallExpression(call) && call.expression.getText(file).startsWith('Type.')
    ? node.initializer.text
    : null;
}

/** One step of a pattern: something that takes a character, as often as it must. */
interface Atom {
  character: string;
  least: number;
}

const CANDIDATES = [
  'a',
  '0',
  '\n',
  '\t',
  'é',
  'Ж',
  '\0',
  ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)),
];
const ATOM =
  /\\p\{[^}]*\}|\\u\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|[\s\S]/gu;

/** The steps of each alternative, and those of all of them one after the other. */
function wordsOf({ source, flags }: RegExp): Atom[][] {
  const all: Atom[] = [];
  const alternatives: Atom[][] = [[]];
  for (const [token] of source.matchAll(ATOM)) {
    if (token === '|') alternatives.push([]);
    const character = characterFor(token, flags);
    if (character === null) continue;
    const atom = { character, least: 1 };
    all.push(atom);
    alternatives.at(-1)?.push(atom);
  }
  const words = alternatives.length > 1 ? [...alternatives, all] : [all];
  return words.filter((word) => word.length > 0);
}

/** A character that the token takes; null when it takes none: a bracket, a quantifier, an anchor. */
function characterFor(token: string, flags: string): string | null {
  if (/^(\(.*|[)|*+?{}^$]|\\[bB1-9])$/s.test(token)) return null;
  const alone = new RegExp(`^(?:${token})$`, flags.replace(/[gy]/g, ''));
  return CANDIDATES.find((candidate) => alone.test(candidate)) ?? null;
}

/** No pattern has it, so that a text ends in something that fits nowhere. */
const STRANGER = '\u0001';
const MOST_TEXTS = 150;

/**
 * Makers of texts that make a bad pattern start again and again: characters of the pattern repeated, beginnings of what it
 * takes repeated, and one beginning followed by one of its characters without end; each also with an end that fits nowhere.
 */
export function hostileTexts(pattern: RegExp): ((length: number) => string)[] {
  const shapes = new Map<string, [start: string, pump: string]>();
  const add = (start: string, pump: string): void => {
    if (pump !== '') shapes.set(JSON.stringify([start, pump]), [start, pump]);
  };
  const words = wordsOf(pattern).map((word) => word.map(({ character }) => character));
  const letters = [...new Set(words.flat())];
  for (const letter of [...letters.slice(0, 24), 'a', '0', ' ', STRANGER, 'é']) add('', letter);
  for (const one of letters.slice(0, 8)) for (const other of letters.slice(0, 8)) add('', one + other);
  for (const word of words) {
    const whole = word.join('');
    for (let length = 1; length <= word.length; length++) {
      const start = word.slice(0, length).join('');
      add('', start);
      add(start, word[length - 1]!);
      add(start, whole);
      if (length < word.length) add(start, word[length]!);
      // A step that must take several characters, such as `{16,}`.
      add('', start + word[length - 1]!.repeat(20));
    }
  }
  return [...shapes.values()].slice(0, MOST_TEXTS).flatMap(([start, pump]) =>
    ['', STRANGER].map((end) => (length: number) => {
      const room = Math.max(1, length - start.length - end.length);
      return start + pump.repeat(Math.ceil(room / pump.length)).slice(0, room) + end;
    }),
  );
}

/** How much processor time all matches of the pattern in the text take, in milliseconds. */
export function timeOf(pattern: RegExp, text: string): number {
  const everywhere = new RegExp(pattern, [...new Set(`${pattern.flags}g`)].join(''));
  const before = process.cpuUsage();
  text.replace(everywhere, '');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
