import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PostgresPlace } from './postgres-place.js';

/**
 * Where the demo's PostgreSQL lives: in the data folder, or, for root with a path that is closed to others, in a folder that
 * outlives a restart of the machine and that this data folder remembers. Earlier versions made its name of the path.
 */
export function postgresFolders(dataDir: string): PostgresPlace {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return {
    folder: join(dataDir, 'postgresql'),
    formerFolder: join('/var/tmp', `tiktok-shop-connector-${name}`),
  };
}
