import type { Actor } from '../companies/actor.js';
import { listConnections } from '../connections/connection-store.js';
import { readImport } from '../imports/read-import.js';
import { receive } from '../imports/receive.js';
import { messageOf } from '../kernel/errors.js';
import type { ReadFileDeps } from './file-verdict.js';

/** Keeps a feed that has come as one file, for every shop of its company. @returns numbers of the imports */
export async function receiveFeed(
  { db, imports }: Pick<ReadFileDeps, 'db' | 'imports'>,
  feed: { companyId: number; by: Actor; feedKind: string; via: string; name: string; bytes: Buffer },
): Promise<number[]> {
  const { companyId, by, feedKind, via, name, bytes } = feed;
  const ids: number[] = [];
  for (const { id: connectionId } of await listConnections(db.prisma, { companyId }))
    ids.push(await receive(imports, inOnePiece(bytes), { companyId, connectionId, feedKind, via, name, by }));
  return ids;
}

/** Reads what was kept. @returns what is wrong, by import */
export async function readFeeds(
  { imports }: Pick<ReadFileDeps, 'imports'>,
  ids: readonly number[],
): Promise<{ id: number; reason: string }[]> {
  const wrong: { id: number; reason: string }[] = [];
  for (const id of ids) {
    const reason = await readImport(imports, id).then(
      ({ record: { counts, state, reason: why } }) =>
        state === 'refused'
          ? (why ?? 'It was refused.')
          : (counts.errors ?? 0) > 0
            ? `${counts.errors} rows were not taken.`
            : null,
      (error: unknown) => messageOf(error),
    );
    if (reason !== null) wrong.push({ id, reason });
  }
  return wrong;
}

// oxlint-disable-next-line require-await -- files come in pieces
async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
