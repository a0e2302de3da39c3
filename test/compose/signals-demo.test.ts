/** The demo, told to end while it starts, takes its PostgreSQL with it, at every moment of the start. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { postgresFolders } from '../../src/demo/postgres-folders.js';
import { findPlace } from '../../src/demo/postgres-place.js';
import { freePort, startProcess } from '../support/service-process.js';
import { endsAtAnyMoment, isReady, type Started } from './end-at-any-moment.js';

t.setTimeout(400_000);
/** Closer together where PostgreSQL is made, started and migrated. */
const DEMO_MOMENTS = [0.4, 0.55, 0.7, 0.9];

for (const again of [false, true]) {
  await t.test(`a ${again ? 'second' : 'first'} start of the demo can be ended at any moment`, async (t) => {
    const parent = await mkdtemp(join(tmpdir(), 'connector-signals-'));
    const folders = new Set<string>();
    t.teardown(async () => {
      for (const used of folders) {
        const place = await findPlace(postgresFolders(used));
        if (place) await rm(place, { recursive: true, force: true });
      }
      await rm(parent, { recursive: true, force: true });
    });
    const [port, simulatorPort] = [await freePort(), await freePort()];
    let count = 0;
    let folder = '';
    const start = async (): Promise<Started> => {
      folder = join(parent, again ? 'same' : `new${++count}`);
      folders.add(folder);
      const ports = { PORT: String(port), SIMULATOR_PORT: String(simulatorPort) };
      const started = startProcess(t, { DATA_DIR: folder, ...ports });
      return { ...started, ready: () => isReady(port) };
    };
    await endsAtAnyMoment(
      t,
      start,
      async () => {
        t.same(await processesOf(folder), [], 'nothing of its PostgreSQL runs on');
        t.notOk(
          (await readdir(folder).catch((): string[] => [])).includes('connector.pid'),
          'the folder is free',
        );
      },
      again ? undefined : DEMO_MOMENTS,
    );
  });
}

/** Command lines of processes that work on the database of this data folder, as far as the system tells. */
async function processesOf(dataDir: string): Promise<string[]> {
  const place = await findPlace(postgresFolders(dataDir));
  const folders = [postgresFolders(dataDir).folder, ...(place ? [place] : [])];
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => folders.some((folder) => line.includes(`${folder}/`)));
}
