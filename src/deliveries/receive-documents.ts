import type { FileKind } from '../codecs/document-shape.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { recognised } from './recognised.js';
import type { ReadFileDeps } from './file-verdict.js';
import { readReceived } from './read-received.js';
import type { ReceivedFile } from './received-file.js';
import { insertFile, takeTriedBytes } from './received-file-store.js';

/** Whoever waits for the answer reads the file; should the process end, a worker does after this. */
const READ_BY_OTHERS_MS = MINUTE_MS;

interface SentFile {
  companyId: number;
  by: Actor;
  /** What it holds. A file of X12 says that itself, whatever stands here. */
  kind: FileKind;
  name: string | null;
  dryRun: boolean;
  bytes: Buffer;
}

/**
 * Keeps a file of documents that somebody brings by hand, and reads it. Each document is taken or refused by itself, by the rules of POST.
 * @returns its number; what became of it stands with it
 * @throws AppError invalid-request for an empty file; not-found, not-allowed
 */
export async function receiveDocuments(deps: ReadFileDeps, file: SentFile): Promise<number> {
  const { companyId, by, kind, name, dryRun, bytes } = file;
  allow(by, 'operate', companyId);
  if (bytes.length === 0)
    throw new AppError('invalid-request', 'The file is empty.', {
      details: [{ field: 'file', message: 'The file is empty.' }],
    });
  const format = recognised(bytes);
  const now = deps.clock.now();
  const id = await insertFile(deps.db.prisma, {
    companyId,
    by,
    kind: format === 'x12' ? 'x12' : kind,
    via: 'portal',
    format,
    name,
    dryRun,
    bytes,
    readAt: new Date(now.getTime() + READ_BY_OTHERS_MS),
    now,
  });
  await readReceived(deps, id);
  return id;
}

/**
 * Takes what was in a dry run: the same bytes, as a file of its own.
 * @returns the number of that file
 * @throws AppError not-found where its bytes are not kept any more
 */
export async function applyTried(
  deps: ReadFileDeps,
  { file, by }: { file: ReceivedFile; by: Actor },
): Promise<number> {
  const { companyId, kind, format, fileName: name, columns } = file;
  allow(by, 'operate', companyId);
  const now = deps.clock.now();
  const id = await deps.db.transaction(async (tx) => {
    const bytes = await takeTriedBytes(tx, { companyId, id: file.id });
    if (!bytes) throw new AppError('not-found', 'The file is not kept any more. Upload it again.');
    const readAt = new Date(now.getTime() + READ_BY_OTHERS_MS);
    return insertFile(tx, { companyId, by, kind, via: 'portal', format, name, columns, bytes, readAt, now });
  });
  await readReceived(deps, id);
  return id;
}
