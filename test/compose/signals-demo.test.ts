/** The demo, told to end while it starts, takes its PostgreSQL with it, at every moment of the start. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { postgresFolders } from '../../src/demo/postgres-folders.js';
import { freePort, startProcess } from '../support/service-process.js';
import { endsAtAnyMoment, isReady, type Started } from './end-at-any-moment.js';

t.setTimeout(400_000);
/** Closer together where PostgreSQL is made, started and migrated. */
const DEMO_MOMENTS = [0.4, 0.55, 0.7, 0.9];

for (const again of [false, true]) {
  await t.test(`a ${again ? 'second' : 'first'} start of the demo can be ended at any moment`, async (t) => {
    const parent = await mkdtemp(join(tmpdir(), 'connector-signals-'));
    const places: string[] = [];
    t.teardown(() =>
      Promise.all([parent, ...places].map((place) => rm(place, { recursive: true, force: true }))),
    );
    const [port, simulatorPort] = [await freePort(), await freePort()];
    let count = 0;
    let folder = '';
    const start = async (): Promise<Started> => {
      folder = join(parent, again ? 'same' : `new${++count}`);
      places.push(postgresFolders(folder).openFolder);
      const ports = { PORT: String(port), SIMULATOR_PORT: String(simulatorPort) };
      const started = startProcess(t, { DATA_DIR: folder, ...ports });
      return { ...started, ready: () => isReady(port) };
    };
    await endsAtAnyMoment(
      t,
      start,
      async () => {
        t.same(await processesOf(postgresFolders(folder)), [], 'nothing of its PostgreSQL runs on');
        t.notOk(
          (await readdir(folder).catch((): string[] => [])).includes('connector.pid'),
          'the folder is free',
        );
      },
      again ? undefined : DEMO_MOMENTS,
    );
  });
}

/** Command lines of processes that work on these folders, as far as the system tells. */
async function processesOf(folders: { folder: string; openFolder: string }): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) =>
    [folders.folder, folders.openFolder].some((place) => line.includes(`${place}/`)),
  );
}
