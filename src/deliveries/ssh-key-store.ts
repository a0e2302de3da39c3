import type { SealedColumn } from '../store/sealed-columns.js';

/** Envelopes of this area, for a change of the encryption key. */
export const sealedSshKeys: readonly SealedColumn[] = [
  { table: 'ssh_keys', column: 'private_key', row: 'name' },
];
