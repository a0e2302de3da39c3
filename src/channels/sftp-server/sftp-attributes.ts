import type { Attributes } from '../ssh2-api.js';

const DIRECTORY = 0o040_755;
const FILE = 0o100_644;

export interface ListedName {
  filename: string;
  longname: string;
  attrs: Attributes;
}

export function directoryAttributes(now: Date): Attributes {
  return attributes(DIRECTORY, 0, now);
}

export function fileAttributes(size: number, at: Date): Attributes {
  return attributes(FILE, size, at);
}

function attributes(mode: number, size: number, at: Date): Attributes {
  const seconds = Math.floor(at.getTime() / 1000);
  return { mode, uid: 0, gid: 0, size, atime: seconds, mtime: seconds };
}

/** A line of a listing, as `ls -l` has it. */
export function entryOf(filename: string, attrs: Attributes): ListedName {
  const kind = attrs.mode === DIRECTORY ? 'drwxr-xr-x' : '-rw-r--r--';
  const day = new Date(attrs.mtime * 1000).toISOString().slice(0, 10);
  return { filename, longname: `${kind} 1 0 0 ${attrs.size} ${day} ${filename}`, attrs };
}
