import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where the demo's PostgreSQL lives: in the data folder, or, for root with a path that is closed to others, in a folder that
 * outlives a restart of the machine and belongs to this data folder alone.
 */
export function postgresFolders(dataDir: string): { folder: string; openFolder: string } {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return {
    folder: join(dataDir, 'postgresql'),
    openFolder: join('/var/tmp', `tiktok-shop-connector-${name}`),
  };
}
