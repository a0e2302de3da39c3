import { createHash } from 'node:crypto';
import type { ReadFileDeps } from '../../deliveries/file-verdict.js';
import { readReceived } from '../../deliveries/read-received.js';
import type { ReceivedFile } from '../../deliveries/received-file.js';
import { recognised } from '../../deliveries/recognised.js';
import { insertFile } from '../../deliveries/received-file-store.js';
import {
  markOutcome,
  markTaken,
  remoteName,
  seeRemoteFile,
  type RemoteFile,
} from '../../deliveries/remote-file-store.js';
import { contentsOf, matches, type RemoteServer, type RemoteTake } from '../../deliveries/remote-server.js';
import { readFeeds, receiveFeed } from '../../deliveries/take-feed.js';
import { MINUTE_MS } from '../../kernel/time.js';
import type { SubjectRun } from '../../sync/flows/flows.js';
import { isPartial } from '../partial-name.js';
import type { RemoteEntry, RemoteFolders } from './remote-folder.js';

export interface TakeRemoteDeps extends ReadFileDeps {
  /** Largest file that is taken. */
  largestBytes: number;
}

/** Files of a run and a folder; the others come with the next minute. */
const MOST_AT_ONCE = 200;
const READ_BY_OTHERS_MS = MINUTE_MS;

interface Place {
  deps: TakeRemoteDeps;
  run: SubjectRun;
  folders: RemoteFolders;
  server: RemoteServer;
  take: RemoteTake;
}

/** What became of a file. */
interface Outcome {
  isGood: boolean;
  /** What is wrong, in lines. */
  report: string[];
}

/**
 * Fetches the files of one folder. A file is taken when it is as it was a run before (its writer has ended), once for its name, size, time and
 * content; then it goes into the archive, or to the errors with a text that says why.
 * @returns how many were taken
 */
export async function takeRemoteFolder(place: Place): Promise<number> {
  const { deps, folders, server, take } = place;
  const listed = await folders.list(take.folder);
  let taken = 0;
  for (const entry of listed.filter(({ name }) => !isPartial(name) && matches(take.pattern, name))) {
    if (taken >= MOST_AT_ONCE || place.run.signal.aborted) break;
    const file = { serverId: server.id, path: pathOf(take.folder, entry.name), ...entry };
    const known = await seeRemoteFile(deps.db.prisma, file, deps.clock.now());
    if (!known.isSettled) continue;
    // Taken by a run that ended before it could move the file away.
    if (known.takenAt !== null) await moveAway(place, entry, { isGood: known.isGood ?? true, report: [] });
    else if (await takeOne(place, entry, file)) taken += 1;
  }
  return taken;
}

async function takeOne(place: Place, entry: RemoteEntry, file: RemoteFile): Promise<boolean> {
  const { deps, folders } = place;
  const isTooLarge = entry.bytes > deps.largestBytes;
  const content = isTooLarge ? Buffer.alloc(0) : await folders.read(file.path, entry.bytes);
  const after = await folders.look(file.path);
  const isSame = after?.bytes === entry.bytes && after.modifiedAt.getTime() === entry.modifiedAt.getTime();
  // Somebody writes it: the next run looks again.
  if (content === null || !isSame) return false;
  const outcome = isTooLarge
    ? await refuse(place, file, `It has more than ${deps.largestBytes} bytes: send it in several files.`)
    : await hand(place, { file, name: entry.name, content });
  if (!outcome) return false;
  await markOutcome(deps.db.prisma, file, outcome.isGood);
  await moveAway(place, entry, outcome);
  return true;
}

async function refuse({ deps, run }: Place, file: RemoteFile, reason: string): Promise<Outcome> {
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    await markTaken(tx, file, '', deps.clock.now());
  });
  return { isGood: false, report: [reason] };
}

/** Null where it was taken in between. */
async function hand(
  { deps, run, server, take }: Place,
  { file, name, content }: { file: RemoteFile; name: string; content: Buffer },
): Promise<Outcome | null> {
  const { companyId } = server;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const contents = contentsOf(take);
  const now = deps.clock.now();
  if ('feedKind' in contents) {
    const { feedKind } = contents;
    // A feed says how things are: should the process end in between, it is said once more.
    const feed = { companyId, by: run.by, feedKind, via: 'sftp-client', name, bytes: content };
    const ids = await receiveFeed(deps, feed);
    await deps.db.transaction(async (tx) => {
      await run.guard(tx);
      await markTaken(tx, file, sha256, now);
    });
    const wrong = await readFeeds(deps, ids);
    return {
      isGood: wrong.length === 0,
      report: wrong.map(({ id, reason }) => `${reason} See GET Inventory/Imports/${id}/Errors.`),
    };
  }
  const kind = contents.documents;
  const id = await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    if (!(await markTaken(tx, file, sha256, now))) return null;
    return insertFile(tx, {
      companyId,
      by: run.by,
      kind,
      via: 'sftp-client',
      format: kind === 'x12' ? 'x12' : recognised(content),
      name,
      bytes: content,
      remote: remoteName(file),
      readAt: new Date(now.getTime() + READ_BY_OTHERS_MS),
      now,
    });
  });
  if (id === null) return null;
  const read = await readReceived(deps, id);
  return read ? outcomeOf(read) : { isGood: true, report: [] };
}

function outcomeOf({ state, reason, results, taken, documents, id }: ReceivedFile): Outcome {
  const bad = results.filter(({ Errors }) => Errors !== undefined);
  const isGood = state === 'taken' || state === 'duplicate';
  return {
    isGood,
    report: [
      `${taken} of ${documents} documents were taken. See GET Imports/${id}/Errors.`,
      ...(reason === null ? [] : [reason]),
      ...bad.map(({ Type, Number: number, Errors = [] }) => `${Type} ${number ?? ''}: ${Errors.join(' ')}`),
    ],
  };
}

async function moveAway(
  { folders, take, run }: Place,
  { name, modifiedAt }: RemoteEntry,
  { isGood, report }: Outcome,
): Promise<void> {
  const folder = isGood ? take.archive : (take.errors ?? take.archive);
  if (folder === null) return;
  await run.fence.pass();
  const isFree = (await folders.look(pathOf(folder, name))) === null;
  const free = isFree ? name : `${modifiedAt.getTime()}_${name}`;
  await folders.rename(pathOf(take.folder, name), pathOf(folder, free));
  if (isGood || take.errors === null || report.length === 0) return;
  const text = Buffer.from(`${[name, ...report].join('\r\n')}\r\n`);
  await folders.write(pathOf(folder, `${free}.txt`), text);
}

export function pathOf(folder: string, name: string): string {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}
