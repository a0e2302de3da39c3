import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { demoApp, DEMO_APP_KEY, type SimulatorOptions } from '../options.js';
import { seedDemo } from '../seeds/demo.js';
import { asSnapshot, restoreSnapshot, takeSnapshot, type Snapshot } from './snapshot.js';
import { createWorld, type World } from './world.js';

const SAVE_DELAY_MS = 100;
/** A large state takes long to write: at most this part of the time goes into it. */
const SAVE_SHARE = 0.05;
const QUICK_MS = 20;

export interface StateKeeper {
  world: () => World;
  /** Resolves when all changes so far are on disk; at once without a state file. */
  flush(): Promise<void>;
  /** The same as long as saving is quick: what was answered survives a crash. A large state is saved soon instead. */
  settled(): Promise<void>;
  /** Starts over with a fresh seed; the file follows. */
  reset(seed?: 'demo' | 'empty'): void;
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
  let world = adopt(saved === undefined ? seeded(options) : withOptions(restoreSnapshot(saved), options));
  const replaceWith = (next: World): void => {
    world = adopt(next);
    world.changed();
  };
  world.changed();
  return {
    world: () => world,
    flush: async () => writer?.flush(),
    settled: async () => writer?.settled(),
    reset: (seed) => replaceWith(seeded({ ...options, ...(seed === undefined ? {} : { seed }) })),
    replace: (snapshot) => replaceWith(restoreSnapshot(snapshot)),
    close: async () => writer?.flush(),
  };
}

function seeded(options: SimulatorOptions): World {
  const world = createWorld(options.behaviour);
  for (const app of options.apps ?? [demoApp(options.redirectUrl)]) world.apps.set(app.appKey, app);
  if (options.seed !== 'empty') seedDemo(world);
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
  settled(): Promise<void>;
  flush(): Promise<void>;
}

function createWriter(path: string, world: () => World): Writer {
  let dirty = false;
  let lastMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (dirty) {
      dirty = false;
      const startedMs = performance.now();
      writing = writeAfter(writing, path, world);
      await writing;
      lastMs = performance.now() - startedMs;
    }
    await writing;
  };
  const soon = (): void => {
    dirty = true;
    timer ??= setTimeout(
      () => {
        flush().catch((error: unknown) => process.emitWarning(`simulator state not saved: ${String(error)}`));
      },
      Math.max(SAVE_DELAY_MS, lastMs / SAVE_SHARE),
    ).unref();
  };
  const settled = async (): Promise<void> => (lastMs < QUICK_MS ? flush() : undefined);
  return { soon, flush, settled };
}

async function writeAfter(earlier: Promise<void>, path: string, world: () => World): Promise<void> {
  await earlier.catch(() => undefined);
  await writeAtomically(path, JSON.stringify(takeSnapshot(world())));
}

async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  // Holds tokens and passwords, if only invented ones: readable by its owner alone.
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
