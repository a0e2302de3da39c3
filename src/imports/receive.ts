import type { Actor } from '../companies/actor.js';
import { findConnection } from '../connections/connection-store.js';
import type { TextEncoding } from '../formats/encoding-names.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { endArrivals, noteArrivals, type Arrival } from './import-arrivals.js';
import type { ImportDeps } from './import-deps.js';
import { markReceived, type ReceivedAs } from './import-store.js';
import { storeFile, type StoredFile } from './store-file.js';

/** Whoever stored a file and waits for what becomes of it reads it within this time; then a worker does. */
const READ_BY_OTHERS_MS = MINUTE_MS;

interface ReceiveOptions {
  companyId: number;
  connectionId: number;
  /** Code of the feed kind. */
  feedKind: string;
  /** By which way it came: `http`, `sftp`. */
  via: string;
  /** As the sender calls it. */
  name: string | null;
  dryRun?: boolean;
  /** Whether it says all that there is; left out: as the connection's setting says. */
  complete?: boolean | undefined;
  /** As its sender says; left out: it tells itself. */
  encoding?: TextEncoding | undefined;
  /** Who sends it. */
  by: Actor;
}

/**
 * Receives a file by whatever way: its number is drawn when this begins, and once this returns the file survives the end of
 * every process. It is not read yet: `readImport` does that at once, else a worker within the minute.
 * @returns the number of its import
 * @throws AppError not-found for another company's connection; body-too-large, storage-full; whatever `content` throws. The
 * import says then that the file did not arrive.
 */
export async function receive(
  deps: ImportDeps,
  content: AsyncIterable<Buffer>,
  { companyId, connectionId, feedKind, via, name, dryRun = false, complete, encoding, by }: ReceiveOptions,
): Promise<number> {
  const connection = await findConnection(deps.db.prisma, { companyId, id: connectionId });
  if (!connection) throw new AppError('not-found', `You have no shop ${connectionId}.`);
  const [arrival] = await noteArrivals(deps, [connection], { kind: feedKind, via, by });
  try {
    const file = await storeFile(deps, content, { companyId, name });
    await keepReceived(deps, [arrival!], { file, dryRun, complete, encoding, readAfterMs: 0 });
  } catch (error) {
    const reason = `The file did not arrive whole: ${messageOf(error)}`;
    await endArrivals(deps, [arrival!], reason);
    throw error;
  }
  return arrival!.importId;
}

/**
 * Ties a stored file to the imports that were noted for it: from here on it is read whatever happens, by this process or,
 * should that have ended, by a worker.
 * @throws AppError conflict when the record of one of them is gone: its sender has gone, too
 */
export async function keepReceived(
  { db }: Pick<ImportDeps, 'db'>,
  arrivals: readonly Arrival[],
  {
    file,
    dryRun,
    complete = null,
    encoding,
    readAfterMs = READ_BY_OTHERS_MS * arrivals.length,
  }: {
    file: StoredFile;
    dryRun: boolean;
    complete?: boolean | null | undefined;
    encoding?: TextEncoding | null | undefined;
    readAfterMs?: number;
  },
): Promise<void> {
  const ids = arrivals.map(({ importId }) => importId);
  const count = await markReceived(db, { ids, file: said(file, encoding), dryRun, complete, readAfterMs });
  if (count === ids.length) return;
  throw new AppError('conflict', 'The record of the file has ended meanwhile. Send it again.', {
    retryAfterMs: 1_000,
  });
}

/** What its sender says of a text counts, whatever its bytes look like; what is no text has an encoding of its own. */
function said(file: StoredFile, encoding: TextEncoding | null | undefined): ReceivedAs {
  const { blob, name, format } = file;
  return { blob, name, format, encoding: encoding && format !== 'json' ? encoding : file.encoding };
}
