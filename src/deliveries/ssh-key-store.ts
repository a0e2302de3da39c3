import type { Tx } from '../store/database.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';

/** Envelopes of this area, for a change of the encryption key. */
export const sealedSshKeys: readonly SealedColumn[] = [
  { table: 'ssh_keys', column: 'private_key', row: 'name' },
];

export interface SshKeyPair {
  private: string;
  public: string;
}

/**
 * A key of ours, made when it is wanted first and the same ever after, in all processes.
 * @param make a new pair, as OpenSSH writes them
 */
export async function sshKey(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  name: string,
  make: () => SshKeyPair | Promise<SshKeyPair>,
): Promise<SshKeyPair> {
  const place = { table: 'ssh_keys', row: name, column: 'private_key' };
  const known = await tx.sshKey.findUnique({ where: { name } });
  if (known) return { private: sealer.open(known.privateKey, place), public: known.publicKey };
  const made = await make();
  await tx.$executeRaw`
    INSERT INTO ssh_keys (name, private_key, public_key)
    VALUES (${name}, ${sealer.seal(made.private, place)}, ${made.public}) ON CONFLICT DO NOTHING`;
  const row = await tx.sshKey.findUniqueOrThrow({ where: { name } });
  return { private: sealer.open(row.privateKey, place), public: row.publicKey };
}

/** Of the key with which we log in to servers of a company. */
export function clientKeyName(companyId: number): string {
  return `client ${companyId}`;
}
