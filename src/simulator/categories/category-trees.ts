import type { Region } from '../state/regions.js';
import { isEuropean } from '../state/routes.js';
import type { Category, CategoryVersion, Certificate, Family, PermissionStatus } from './category-model.js';
import { certificateTexts } from './certificates.js';
import { englishNames } from './english-names.js';
import { indonesianTree } from './indonesian-tree.js';
import { madeTrees } from './made-tree.js';

/** One whole tree: TikTok answers it flat. */
export interface CategoryTree {
  all: readonly Category[];
  byId: ReadonlyMap<string, Category>;
}

const southEastAsia: readonly string[] = ['ID', 'MY', 'PH', 'SG', 'TH', 'VN'];

export function isSouthEastAsian(regionCode: string): boolean {
  return southEastAsia.includes(regionCode);
}

/** TikTok: US v2; South-East Asia v2 only since January 2026; UK, EU and Japan both since October 2025; v1 elsewhere. */
export function versionsOf({ code }: Pick<Region, 'code'>): readonly CategoryVersion[] {
  if (code === 'US' || isSouthEastAsian(code)) return ['v2'];
  return code === 'GB' || code === 'JP' || isEuropean(code) ? ['v1', 'v2'] : ['v1'];
}

export function treeOf(region: Pick<Region, 'code'>, version: CategoryVersion): CategoryTree {
  const name = isSouthEastAsian(region.code) ? 'asian' : version;
  const known = trees.get(name) ?? treeFrom(name === 'asian' ? asianCategories() : madeCategories(name));
  trees.set(name, known);
  return known;
}

const trees = new Map<string, CategoryTree>();

function treeFrom(all: Category[]): CategoryTree {
  return { all, byId: new Map(all.map((category) => [category.id, category])) };
}

/** What the categories below a root of the Indonesian tree sell; `plain` below the others. */
const familyOfRoot: Readonly<Record<string, Family>> = {
  '601152': 'apparel',
  '601303': 'apparel',
  '802184': 'apparel',
  '824328': 'apparel',
  '605248': 'apparel',
  '601352': 'shoes',
  '604206': 'toys',
  '601739': 'electronics',
  '600942': 'electronics',
  '601755': 'electronics',
  '601450': 'beauty',
  '700437': 'food',
  '700645': 'supplement',
  '605196': 'auto',
  '951432': 'collectible',
  '834312': 'virtual',
};

function asianCategories(): Category[] {
  const children = new Map(
    indonesianTree
      .trim()
      .split('\n')
      .map(
        (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).split('|')] as const,
      ),
  );
  const found: Category[] = [];
  const walk = (parentId: string, level: number, family: Family): void => {
    for (const entry of children.get(parentId) ?? []) {
      const [, id = '', marks = '', name = ''] = /^(\d+)([A-Za-z]*) (.*)$/.exec(entry) ?? [];
      const isLeaf = !children.has(id);
      const own = familyOfRoot[id] ?? family;
      found.push({
        ...fromMarks(marks),
        id,
        parentId,
        name,
        englishName: englishNames[id],
        level,
        isLeaf,
        family: own,
        permissions: ['AVAILABLE'],
      });
      walk(id, level + 1, own);
    }
  };
  walk('0', 1, 'plain');
  return found;
}

const families: readonly string[] = [
  'plain',
  'apparel',
  'shoes',
  'toys',
  'electronics',
  'beauty',
  'food',
  'supplement',
  'medical',
  'chemical',
  'auto',
  'drinks',
  'collectible',
  'virtual',
] satisfies Family[];

const permissionWords: Readonly<Record<string, PermissionStatus>> = {
  invite: 'INVITE_ONLY',
  other: 'NON_MAIN_CATEGORY',
  prohibited: 'PROHIBITED',
};

function madeCategories(version: CategoryVersion): Category[] {
  const found: Category[] = [];
  const above: Category[] = [];
  for (const line of madeTrees[version].trim().split('\n')) {
    const [, indent = '', id = '', name = '', words = ''] =
      /^( *)(\d+) ([^[]+?)(?: \[([^\]]*)\])?$/.exec(line) ?? [];
    const level = indent.length / 2 + 1;
    above.length = level - 1;
    const parent = above.at(-1);
    if (parent !== undefined) parent.isLeaf = false;
    const marks = words.split(' ').filter((word) => word !== '');
    const permissions = marks.flatMap((word) => permissionWords[word] ?? []);
    const letters = marks.filter((word) => !isFamily(word) && !(word in permissionWords)).join('');
    const category: Category = {
      ...fromMarks(letters),
      id,
      parentId: parent?.id ?? '0',
      name,
      englishName: undefined,
      level,
      isLeaf: true,
      family: marks.find((word) => isFamily(word)) ?? parent?.family ?? 'plain',
      permissions: permissions.length > 0 ? permissions : ['AVAILABLE'],
    };
    above.push(category);
    found.push(category);
  }
  return found;
}

function isFamily(word: string): word is Family {
  return families.includes(word);
}

function fromMarks(marks: string): Pick<Category, 'sizeChart' | 'codSupported' | 'certificates'> {
  return {
    sizeChart: marks.includes('S') ? 'required' : marks.includes('s') ? 'supported' : 'none',
    codSupported: !marks.includes('x'),
    certificates: Array.from(marks, (mark) => certificateOf(mark)).flat(),
  };
}

function certificateOf(mark: string): Certificate[] {
  const known = mark === 'S' ? undefined : certificateTexts[mark.toLowerCase()];
  if (known === undefined) return [];
  return [{ ...known, isRequired: mark !== mark.toLowerCase(), needsExpiry: false }];
}
