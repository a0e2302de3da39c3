import { ELEMENTS_4010, ELEMENTS_5010, SETS_4010, SETS_5010 } from './standard.js';

type ElementKind = '' | 'R' | 'N2' | 'DT' | 'TM' | 'X';

export interface ElementRule {
  isRequired: boolean;
  least: number;
  most: number;
  kind: ElementKind;
}

/** A segment in its set, and what may follow it each time. */
export interface SetNode {
  name: string;
  least: number;
  most: number;
  below: readonly SetNode[];
}

const MANY = 1_000_000;
const elements = new Map<string, readonly ElementRule[]>();
const sets = new Map<string, SetNode>();

/** Versions between are read by the nearest of the two that come before them. */
function isLate(version: string): boolean {
  return version >= '005';
}

/** Null for a segment that is not written or read here: nobody looks into it. */
export function elementRules(name: string, version: string): readonly ElementRule[] | null {
  const text = (isLate(version) ? ELEMENTS_5010[name] : undefined) ?? ELEMENTS_4010[name];
  if (text === undefined) return null;
  const known = elements.get(text);
  if (known) return known;
  const rules: ElementRule[] = [];
  for (const word of text.split(' ')) {
    if (word.startsWith('x')) {
      const pair = rules.slice(-2);
      for (let count = 1; count < Number(word.slice(1)); count++) rules.push(...pair);
      continue;
    }
    const [lengths = '', kind = ''] = word.replace('!', '').split(':');
    const [least = 0, most = least] = lengths === 'X' ? [0, MANY] : lengths.split('-').map(Number);
    rules.push({
      isRequired: word.startsWith('!'),
      least,
      most,
      kind: (lengths === 'X' ? 'X' : kind) as ElementKind,
    });
  }
  elements.set(text, rules);
  return rules;
}

/** Null for a set that is not exchanged here, or whose order is not known. */
export function setTree(id: string, version: string): SetNode | null {
  const text = (isLate(version) ? SETS_5010[id] : undefined) ?? SETS_4010[id];
  if (text === undefined) return null;
  const known = sets.get(text);
  if (known) return known;
  const [tree] = readNodes(text, 0).nodes;
  if (tree) sets.set(text, tree);
  return tree ?? null;
}

const NODE = /([A-Z][A-Z0-9]{1,2})(\??)(\+?)(?:(\*)|<(\d{1,6}))?/y;

function readNodes(text: string, from: number): { nodes: SetNode[]; end: number } {
  const nodes: SetNode[] = [];
  let at = from;
  while (at < text.length && text[at] !== ')') {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    NODE.lastIndex = at;
    const [whole = '', name = '', maybe, some, any, count] = NODE.exec(text) ?? [];
    at += whole.length;
    const inside = text[at] === '(' ? readNodes(text, at + 1) : null;
    if (inside) at = inside.end + 1;
    const isOnce = !maybe && !any && !count;
    nodes.push({
      name,
      least: isOnce || some ? 1 : 0,
      most: any ? MANY : Number(count ?? 1),
      below: inside?.nodes ?? [],
    });
  }
  return { nodes, end: at };
}

/** Whether any set or table here has a segment of that name. */
export function isKnownSegment(name: string): boolean {
  return name in ELEMENTS_4010 || namesInSets().has(name);
}

let inSets: Set<string> | null = null;
function namesInSets(): Set<string> {
  inSets ??= new Set(
    [...Object.values(SETS_4010), ...Object.values(SETS_5010)].flatMap(
      (text) => text.match(/[A-Z][A-Z0-9]{1,2}/g) ?? [],
    ),
  );
  return inSets;
}
