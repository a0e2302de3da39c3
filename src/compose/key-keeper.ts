import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { SECOND_MS } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import { joinKeyRing, unknownKeys } from '../store/key-check.js';
import { noteHolder, removeHolder } from '../store/key-ring.js';
import type { Sealer } from '../store/secrets.js';
import { sealedColumns } from './sealed-columns-list.js';

/** Several times within the silence after which a process counts as ended. */
const SPEAK_MS = 20 * SECOND_MS;

/** Says, for as long as the process runs, which encryption keys it knows. */
export interface KeyKeeper {
  /** Before anything else. Safe to repeat. @throws AppError as `joinKeyRing` */
  join(): Promise<void>;
  /** Keys that something is sealed with by now and that this process does not know: it has to be restarted. */
  missing(): readonly string[];
  leave(): Promise<void>;
}

export function createKeyKeeper(deps: {
  db: Database;
  sealer: Sealer;
  log: Logger;
  role: string;
}): KeyKeeper {
  const { db, sealer, log } = deps;
  const holder = { id: randomUUID(), name: `${deps.role} on ${hostname()} (${process.pid})` };
  let missing: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let speaking: Promise<void> = Promise.resolve();

  async function speak(): Promise<void> {
    try {
      await noteHolder(db.prisma, { ...holder, keyIds: sealer.keyIds });
      missing = await unknownKeys(db.prisma, { sealer, columns: sealedColumns });
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'could not tell which encryption keys this process knows');
    }
    if (missing.length > 0) {
      log.error(
        { missing },
        'secrets are sealed with keys that this process does not know: restart it with the present ENCRYPTION_KEYS',
      );
    }
  }

  return {
    async join() {
      await joinKeyRing(db, { sealer, columns: sealedColumns, holder });
      clearInterval(timer);
      timer = setInterval(() => {
        speaking = speak();
      }, SPEAK_MS).unref();
    },
    missing: () => missing,
    async leave() {
      if (!timer) return;
      clearInterval(timer);
      await speaking;
      await removeHolder(db.prisma, holder.id).catch((error: unknown) =>
        log.warn({ reason: messageOf(error) }, 'a process that ends still counts as one that knows its keys'),
      );
    },
  };
}
