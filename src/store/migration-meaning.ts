import { createHash } from 'node:crypto';

/** What PostgreSQL takes as it stands (strings, quoted names, bodies of functions), and what it passes over. */
const PIECES =
  /[eE]'(?:\\[^]|[^'\\])*'|'[^']*'|"[^"]*"|\$(\w*)\$[^]*?\$\1\$|(?<passedOver>(?:--[^\n]*|\s+)+)/g;

/**
 * Fingerprint of what a migration does: two files that differ only in line comments and white space have the same one.
 * What is not understood counts as it stands, so that a doubt makes a difference.
 */
export function meaningOf(sql: string): string {
  const bare = sql.replaceAll(PIECES, (piece, ...rest) => {
    const { passedOver } = rest.at(-1) as { passedOver?: string };
    return passedOver === undefined ? piece : ' ';
  });
  return createHash('sha256').update(bare.trim()).digest('hex');
}
