import type { SealedColumn } from '../store/sealed-columns.js';

/** Passwords of this program on servers of others. */
export const sealedRemotePasswords: readonly SealedColumn[] = [
  { table: 'remote_servers', column: 'password', row: 'id' },
];
