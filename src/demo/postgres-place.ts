import { lstat, mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  canReach,
  notOurs,
  ownPath,
  ownPrivateFolder,
  readOwnFile,
  writeNewFile,
  type SystemUser,
} from './private-folder.js';

export interface PostgresPlace {
  /** Folder that keeps the data between starts; made when missing. */
  folder: string;
  /**
   * Where root's server goes when its user cannot reach `folder`: into a new folder in here, with a name that nobody can
   * know before, which a file in `folder` remembers.
   */
  openIn?: string;
  /** Where earlier versions have put it then; taken over when it is what they made. */
  formerFolder?: string;
}

const OPEN_TO_ALL = '/var/tmp';
const NAME = 'tiktok-shop-connector-';
/** Holds the path of the folder with the data, when that is not the folder itself. */
const ELSEWHERE = 'elsewhere';

/**
 * The folder for a server that runs as `user` (undefined: as ourselves): ours, closed to others, and reachable for it.
 * @throws AppError configuration-invalid when a folder is somebody else's, or is gone
 */
export async function takePlace(options: PostgresPlace, user: SystemUser | undefined): Promise<string> {
  const { path: folder, wasThere } = await ownPrivateFolder(options.folder, user);
  if (!user || (await canReach(dirname(folder), user))) return folder;
  const remembered = await readOwnFile(join(folder, ELSEWHERE));
  if (remembered !== null) return takeRemembered(remembered, join(folder, ELSEWHERE), user);
  if (await lstat(join(folder, 'pgdata', 'PG_VERSION')).catch(() => null)) {
    const next =
      'Let others pass through the folders above it (chmod o+x), or move DATA_DIR to where they can.';
    throw notOurs(folder, `cannot be reached any more by user ${user.uid}, as whom PostgreSQL runs`, next);
  }
  // Only who was here before can have left something there.
  const former = wasThere && options.formerFolder ? await takeFormer(options.formerFolder, user) : null;
  const place = former ?? (await mkdtemp(join(options.openIn ?? OPEN_TO_ALL, NAME)));
  await ownPrivateFolder(place, user);
  await writeNewFile(join(folder, ELSEWHERE), place);
  return place;
}

/** Where the data is, without making or changing anything; null before the first start. @throws as takePlace */
export async function findPlace(options: PostgresPlace): Promise<string | null> {
  const folder = await ownPath(options.folder);
  if (folder === null) return null;
  const remembered = await readOwnFile(join(folder, ELSEWHERE));
  return remembered === null ? folder : ownPath(remembered);
}

async function takeRemembered(place: string, memory: string, user: SystemUser): Promise<string> {
  if ((await ownPath(place)) === null) {
    const next = `Put it back, or remove ${memory} to start with an empty database.`;
    throw notOurs(place, 'held the database and is gone', next);
  }
  await ownPrivateFolder(place, user);
  return place;
}

/** Its name can be foreseen, so whatever lies there counts only when nobody but us can have made or changed it. */
async function takeFormer(place: string, user: SystemUser): Promise<string | null> {
  const found = await lstat(place).catch(() => null);
  if (found === null) return null;
  const next = `If it is the database of an earlier version, make it root's again (chown root ${place}; chmod 755 ${place}) and look at what is in it; if not, remove it.`;
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw notOurs(
      place,
      'lies where earlier versions kept the database, and others can have changed it',
      next,
    );
  }
  await ownPath(join(place, 'pgdata'), user.uid);
  await readOwnFile(join(place, 'postgres-password'));
  return place;
}
