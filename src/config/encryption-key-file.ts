import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encryptionKeys, type EncryptionKey } from './config-readers.js';
import type { Config } from './config.js';
import { AppError, messageOf } from '../kernel/errors.js';

/**
 * The keys that ENCRYPTION_KEYS gives; without them, outside production, those of a file in DATA_DIR that the first start
 * makes. The first key seals, all open.
 * @throws AppError configuration-invalid when the file is there but cannot be read as keys
 */
export async function encryptionKeysOf(
  config: Pick<Config, 'mode' | 'encryptionKeys' | 'dataDir'>,
): Promise<readonly EncryptionKey[]> {
  if (config.encryptionKeys.length > 0) return config.encryptionKeys;
  if (config.mode === 'production') {
    throw new AppError('configuration-invalid', 'ENCRYPTION_KEYS must hold a key of 32 bytes.');
  }
  const file = join(config.dataDir, 'encryption-keys');
  await makeOnce(file, `local:${randomBytes(32).toString('base64')}\n`);
  try {
    return encryptionKeys(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new AppError(
      'configuration-invalid',
      `The key file ${file} cannot be used (${messageOf(cause)}). Put it back, or set ENCRYPTION_KEYS.`,
      { cause },
    );
  }
}

/** The first process makes the file, whole: a second process that starts at the same moment must read the same key. */
async function makeOnce(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}
