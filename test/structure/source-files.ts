import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface Import {
  /** As written: `../errors.js`, `fastify`, `node:fs`. */
  specifier: string;
  /** File of ours below the repository, such as `src/kernel/errors.ts`; null for a package. */
  file: string | null;
  typeOnly: boolean;
}

export interface SourceFile {
  /** Below the repository, with slashes: `src/orders/order-store.ts`. */
  path: string;
  text: string;
  /** The text without comments, so that words about something are not taken for it. */
  code: string;
  imports: Import[];
}

const NOT_OURS = new Set(['node_modules', 'dist', 'generated', 'data', 'coverage']);

/** In a worktree `.git` is a file. */
const NOT_COMMITTED = new Set(['.git', '.env']);

/** Paths of all files below a folder of the repository that people write: no dot folders but .ci and .github. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return NOT_COMMITTED.has(entry.name) ? [] : [path];
    if (!entry.isDirectory() || NOT_OURS.has(entry.name)) return [];
    return entry.name.startsWith('.') && !['.ci', '.github'].includes(entry.name) ? [] : listFiles(path);
  });
}

/** All TypeScript files below `src` or `test`. */
export function readSources(folder: 'src' | 'test'): SourceFile[] {
  return listFiles(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSource(path));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(repository, path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return { path, text, code, imports: [...importsOf(path, code)] };
}

function* importsOf(path: string, code: string): Iterable<Import> {
  const pattern = /(?:^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?|\bimport\()['"]([^'"]+)['"]/gm;
  for (const [, typeWord, specifier = ''] of code.matchAll(pattern)) {
    yield { specifier, file: fileOf(path, specifier), typeOnly: typeWord !== undefined };
  }
}

function fileOf(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = resolve(repository, dirname(from), specifier);
  return relative(repository, target).replace(/\.js$/, '.ts');
}

/** `orders` for src/orders/order-store.ts, `main.ts` for src/main.ts. */
export function areaOf(path: string): string {
  return path.split('/')[1] ?? path;
}
