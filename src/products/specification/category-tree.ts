import type { ShopCategory } from '../../domain/listing.js';

/** TikTok's deepest tree has seven levels. What is deeper hangs in a circle or is no tree. */
const DEEPEST = 20;
const MOST_PROPOSALS = 10;

export interface PlacedCategory extends ShopCategory {
  /** Names from the root down. */
  path: readonly string[];
}

export interface CategoryTree {
  byId: ReadonlyMap<string, PlacedCategory>;
  all: readonly PlacedCategory[];
}

/** What a text of a seller's turned out to be. */
type FoundCategory =
  | { kind: 'leaf'; category: PlacedCategory }
  /** Not the last one of its branch: products go into one of the leaves below. */
  | { kind: 'inner'; category: PlacedCategory; proposals: readonly PlacedCategory[] }
  | { kind: 'several'; proposals: readonly PlacedCategory[] }
  | { kind: 'none'; proposals: readonly PlacedCategory[] };

export function treeOf(categories: readonly ShopCategory[]): CategoryTree {
  const plain = new Map(categories.map((category) => [category.id, category]));
  const all = categories.map((category) => ({ ...category, path: pathTo(plain, category) }));
  return { all, byId: new Map(all.map((category) => [category.id, category])) };
}

/** A parent that is missing, or a circle of parents, ends the path: the category itself is still there to be used. */
function pathTo(categories: ReadonlyMap<string, ShopCategory>, category: ShopCategory): string[] {
  const path: string[] = [];
  let at: ShopCategory | undefined = category;
  const passed = new Set<string>();
  while (at !== undefined && !passed.has(at.id) && path.length < DEEPEST) {
    passed.add(at.id);
    path.unshift(at.name);
    at = at.parentId === null ? undefined : categories.get(at.parentId);
  }
  return path;
}

export function pathText({ path }: Pick<PlacedCategory, 'path'>): string {
  return path.join(' > ');
}

/**
 * The category that a seller means: by TikTok's id, by its whole path, by the end of its path, or by its name. Case, signs and the marks
 * between the steps of a path do not count, since names have slashes, quotation marks and ampersands of their own.
 */
export function findCategory(tree: CategoryTree, text: string): FoundCategory {
  const byId = tree.byId.get(text.trim());
  if (byId) return found(tree, [byId]);
  const wanted = folded(text);
  if (wanted === '') return { kind: 'none', proposals: [] };
  const whole = tree.all.filter((category) => folded(category.path.join(' ')) === wanted);
  if (whole.length > 0) return found(tree, whole);
  const named = tree.all.filter(({ name, path }) => {
    return folded(name) === wanted || ` ${folded(path.join(' '))}`.endsWith(` ${wanted}`);
  });
  const leaves = named.filter(({ isLeaf }) => isLeaf);
  if (named.length === 0) return { kind: 'none', proposals: nearest(tree, wanted) };
  return found(tree, leaves.length > 0 ? leaves : named);
}

function found(tree: CategoryTree, candidates: readonly PlacedCategory[]): FoundCategory {
  const [category, other] = candidates;
  if (category === undefined) return { kind: 'none', proposals: [] };
  if (other !== undefined) return { kind: 'several', proposals: candidates.slice(0, MOST_PROPOSALS) };
  if (category.isLeaf) return { kind: 'leaf', category };
  return { kind: 'inner', category, proposals: leavesBelow(tree, category) };
}

function leavesBelow(tree: CategoryTree, { path }: PlacedCategory): PlacedCategory[] {
  const below = tree.all.filter(
    (category) => category.isLeaf && path.every((name, level) => category.path[level] === name),
  );
  return below.slice(0, MOST_PROPOSALS);
}

/** Leaves whose paths share the most words with the text. */
export function nearest(tree: CategoryTree, text: string): PlacedCategory[] {
  const words = new Set(folded(text).split(' '));
  return tree.all
    .filter(({ isLeaf }) => isLeaf)
    .map((category) => ({ category, shared: sharedWords(category, words) }))
    .filter(({ shared }) => shared > 0)
    .toSorted((one, other) => other.shared - one.shared)
    .slice(0, MOST_PROPOSALS)
    .map(({ category }) => category);
}

/** The leaf's own name counts twice. */
function sharedWords({ path, name }: PlacedCategory, words: ReadonlySet<string>): number {
  const count = (text: string): number => {
    return new Set(
      folded(text)
        .split(' ')
        .filter((word) => words.has(word)),
    ).size;
  };
  return count(path.join(' ')) + count(name);
}

function folded(text: string): string {
  return text
    .slice(0, 1_000)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();
}
