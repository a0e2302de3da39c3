import { AppError, messageOf } from '../kernel/errors.js';
import { isStoreUnavailable } from '../store/database.js';
import type { ImportDeps } from './import-deps.js';
import { announceImports } from './announce-imports.js';
import { claimDue, refuseUnread, waitAgain } from './import-store.js';
import { readImport } from './read-import.js';

/** In one go; what is left is found a minute later. */
const MOST_AT_ONCE = 100;
/** A file that ends its process each time it is read must not do so for ever. */
const MOST_ATTEMPTS = 5;

/**
 * Reads files that were received and that nobody reads: those of a process that has ended, and those for which nobody waits.
 * For every minute; safe in several processes at once, since each file is claimed.
 * @returns how many
 */
export async function resumeImports(deps: ImportDeps): Promise<number> {
  for (let count = 0; count < MOST_AT_ONCE; count++) {
    const claimed = await claimDue(
      deps.db,
      deps.feedKinds.map(({ code }) => code),
    );
    if (!claimed) return count;
    await resume(deps, claimed);
  }
  return MOST_AT_ONCE;
}

async function resume(deps: ImportDeps, { id, attempts }: { id: number; attempts: number }): Promise<void> {
  try {
    if (attempts < MOST_ATTEMPTS) {
      await readImport(deps, id);
      return;
    }
    await refuseUnread(deps.db.prisma, { ids: [id], reason: NOT_READ, now: deps.clock.now() });
    await announceImports(deps, [id]);
  } catch (error) {
    // It was refused, and its record says so.
    if (error instanceof AppError && error.code === 'invalid-document') return;
    const isBusy = error instanceof AppError || (error instanceof Error && isStoreUnavailable(error));
    deps.log.warn({ importId: id, attempts, reason: messageOf(error) }, 'a received file was not read');
    // What only has to wait is no attempt that failed.
    if (isBusy) await waitAgain(deps.db.prisma, id);
  }
}

const NOT_READ = `The service failed each of ${MOST_ATTEMPTS} times that it read this file. Nothing of it was taken; the log says why.`;
