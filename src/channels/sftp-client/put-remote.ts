import { prepareDeliveries } from '../../deliveries/prepare-deliveries.js';
import type { Delivery } from '../../deliveries/delivery.js';
import {
  isWaiting,
  listWaiting,
  noteFailedPut,
  readContent,
  takeFailingPuts,
} from '../../deliveries/delivery-store.js';
import type { ReadFileDeps } from '../../deliveries/file-verdict.js';
import { pickUp } from '../../deliveries/pick-up.js';
import type { RemotePut, RemoteServer } from '../../deliveries/remote-server.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS } from '../../kernel/time.js';
import type { SubjectRun } from '../../sync/flows/flows.js';
import type { RemoteFolders } from './remote-folder.js';
import { pathOf } from './take-remote.js';

const TOLD_AFTER_MS = HOUR_MS;

interface Place {
  deps: ReadFileDeps;
  run: SubjectRun;
  folders: RemoteFolders;
  server: RemoteServer;
  put: RemotePut;
}

/**
 * Puts the files of a profile that wait: under the name of a partial one, then renamed, so that nobody reads a half. What is there counts as
 * picked up. @returns how many were put
 */
export async function putRemoteFolder({ deps, run, folders, server, put }: Place): Promise<number> {
  const { companyId } = server;
  const pickup = deps.kinds.flatMap(({ type, readyStatuses }) =>
    readyStatuses.map((code) => `${type} ${code}`),
  );
  await prepareDeliveries(deps, companyId);
  const waiting = await listWaiting(deps.db.prisma, {
    companyId,
    channel: 'sftp-client',
    profile: put.profile,
    pickup,
  });
  let count = 0;
  for (const delivery of waiting) {
    if (run.signal.aborted) break;
    const { id } = delivery;
    if (!(await isWaiting(deps.db.prisma, { companyId, id, pickup }))) continue;
    const content = await readContent(deps.db.prisma, delivery);
    if (!content) continue;
    await run.fence.pass();
    const reason = await putWhole(folders, pathOf(put.folder, delivery.fileName), content);
    if (reason !== null) {
      await noteFailedPut(deps.db.prisma, { companyId, id, reason, now: deps.clock.now() });
      continue;
    }
    await pickUp(deps, { by: { ...run.by, companyId }, id });
    count += 1;
  }
  return count;
}

/** @returns why it is not there; null when it is. @throws AppError where the connection is lost */
async function putWhole(folders: RemoteFolders, path: string, content: Buffer): Promise<string | null> {
  const there = await folders.look(path);
  if (there) {
    // Put by a run that ended before it could say so.
    const same =
      there.bytes === content.length && (await folders.read(path, content.length))?.equals(content);
    return same ? null : `The server has another file named ${path}: it is not overwritten.`;
  }
  const partial = `${path}.part`;
  await folders.write(partial, content);
  const written = await folders.look(partial);
  if (written?.bytes !== content.length)
    return `The server has kept ${written?.bytes ?? 0} of ${content.length} bytes.`;
  try {
    await folders.rename(partial, path);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await folders.remove(partial).catch(() => undefined);
    return error.message;
  }
}

/** Tells of files that could not be put for an hour, each once. */
export async function tellFailingPuts(
  { db, clock }: ReadFileDeps,
  { by }: SubjectRun,
  { companyId, name }: RemoteServer,
): Promise<void> {
  await db.transaction(async (tx) => {
    const now = clock.now();
    const before = new Date(now.getTime() - TOLD_AFTER_MS);
    const failing = await takeFailingPuts(tx, { companyId, before, now });
    await recordEvents(
      tx,
      by,
      failing.map(({ connectionId, documentKey, fileName, lastError }: Delivery) => ({
        companyId,
        ...(connectionId !== null && { connectionId }),
        ...(documentKey !== null && { documentKey }),
        event: 'delivery-failing',
        summary: `The file ${fileName} cannot be put on ${name}.`,
        details: lastError ?? 'It failed.',
      })),
    );
  });
}
