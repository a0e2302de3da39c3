import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { demoApp, DEMO_APP_KEY, type SeedName, type SimulatorOptions } from '../options.js';
import { seedDemo } from '../seeds/demo.js';
import { seedKinds } from '../seeds/kinds.js';
import { seedProducts } from '../seeds/products.js';
import { asSnapshot, restoreSnapshot, takeSnapshot, type Snapshot } from './snapshot.js';
import { createWorld, type World } from './world.js';

/** For changes that no answer tells of, such as those of time: an answer waits for its own. */
const SAVE_DELAY_MS = 100;

export interface StateKeeper {
  world: () => World;
  /**
   * Resolves when all changes so far are on disk, so that an answer that tells of them stays true whatever happens to the
   * process; at once without a state file. Who asks while a write is under way shares the next one with all others.
   */
  flush(): Promise<void>;
  /** Starts over with a fresh seed; the file follows. */
  reset(seed?: SeedName): void;
  /** Puts a saved world in place of the present one. */
  replace(snapshot: Snapshot): void;
  close(): Promise<void>;
}

/** The world, read from the state file when it exists and seeded otherwise; changes are written back soon after. */
export async function openStateFile(options: SimulatorOptions): Promise<StateKeeper> {
  const { stateFile } = options;
  const saved = stateFile === undefined ? undefined : await readSaved(stateFile);
  const writer = stateFile === undefined ? undefined : createWriter(stateFile, () => world);
  const adopt = (next: World): World => {
    next.changed = () => writer?.soon();
    return next;
  };
  let world = adopt(saved === undefined ? seeded(options) : withOptions(restored(saved), options));
  const replaceWith = (next: World): void => {
    world = adopt(next);
    world.changed();
  };
  world.changed();
  return {
    world: () => world,
    flush: async () => writer?.flush(),
    reset: (seed) => replaceWith(seeded({ ...options, ...(seed === undefined ? {} : { seed }) })),
    replace: (snapshot) => replaceWith(restoreSnapshot(snapshot)),
    close: async () => writer?.flush(),
  };
}

/** That orders were listed is not saved each time: whatever was listed was so before now. */
function restored(saved: Snapshot): World {
  const world = restoreSnapshot(saved);
  for (const shop of world.shops.values()) if (shop.listedSec > 0) shop.listedSec = world.clock.nowSec();
  return world;
}

function seeded(options: SimulatorOptions): World {
  const world = createWorld(options.behaviour);
  for (const app of options.apps ?? [demoApp(options.redirectUrl)]) world.apps.set(app.appKey, app);
  if (options.seed !== 'empty') seedDemo(world);
  if (options.seed === 'kinds') seedKinds(world);
  if (options.seed === 'products') seedProducts(world);
  return world;
}

/** What was asked for at this start wins over what was saved. */
function withOptions(world: World, options: SimulatorOptions): World {
  Object.assign(world.behaviour, options.behaviour);
  for (const app of options.apps ?? []) world.apps.set(app.appKey, app);
  if (options.redirectUrl !== undefined && options.apps === undefined) {
    world.apps.set(DEMO_APP_KEY, demoApp(options.redirectUrl));
  }
  return world;
}

async function readSaved(path: string): Promise<Snapshot | undefined> {
  try {
    return asSnapshot(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`cannot read the simulator's state in ${path}`, { cause: error });
  }
}

interface Writer {
  soon(): void;
  flush(): Promise<void>;
}

function createWriter(path: string, world: () => World): Writer {
  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    dirty = false;
    try {
      await writeAtomically(path, JSON.stringify(takeSnapshot(world())));
    } catch (error) {
      dirty = true;
      throw error;
    }
  };
  /** One write at a time; all that changes while it runs goes into one more. */
  const writeNext = (): Promise<void> => {
    next ??= writing
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        writing = write();
        return writing;
      });
    return next;
  };
  const flush = (): Promise<void> => (dirty ? writeNext() : writing);
  const soon = (): void => {
    dirty = true;
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => process.emitWarning(`simulator state not saved: ${String(error)}`));
    }, SAVE_DELAY_MS).unref();
  };
  return { soon, flush };
}

/** The file is either the old state or the new one, and the new one for good when this resolves, also after a power cut. */
async function writeAtomically(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  // Holds tokens and passwords, if only invented ones: readable by its owner alone.
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(folder);
}

/** So that the new name of the file is on disk too. Not every system lets folders be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}
