import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageError } from './storage-error.js';

/**
 * A file without a name: nothing is left behind, whatever becomes of this process.
 * @throws AppError storage-full, service-unavailable
 */
export async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `connector-upload-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return handle;
  } catch (error) {
    throw storageError(error) ?? error;
  }
}

/** Writes all of it: a disk that gets full takes the beginning first. @throws as openNameless */
export async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  try {
    for (let from = 0; from < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, from, chunk.length - from);
      from += bytesWritten;
    }
  } catch (error) {
    throw storageError(error) ?? error;
  }
}

/** Keeps a file open for as long as anybody may read it. */
export interface FileHold {
  /** Call when work on the file begins; what it returns, when it has ended. */
  work(): () => void;
}

/**
 * Closes the file when the answer is out or its caller has gone, but never under the work that reads it: what has begun
 * comes to its end, as with any other call. For a caller who has gone already it is closed at once.
 */
export function holdFile(handle: FileHandle, response: ServerResponse): FileHold {
  let workers = 0;
  let isOver = response.destroyed;
  const closeWhenIdle = (): void => {
    if (isOver && workers === 0) void handle.close().catch(() => undefined);
  };
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    closeWhenIdle();
  };
  response.once('finish', over).once('close', over);
  closeWhenIdle();
  return {
    work() {
      workers += 1;
      return () => {
        workers -= 1;
        closeWhenIdle();
      };
    },
  };
}
