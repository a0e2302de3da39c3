import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { shippedMigrations } from '../../src/store/migrate.js';

/** A migration as some commit of main had it. */
export interface PublishedMigration {
  name: string;
  sql: string;
  checksum: string;
}

interface FormerVersion {
  migration: string;
  checksum: string;
  /** What was otherwise than in the present file: from `line` (of the present file, from 1) on. */
  edits: { line: number; present: string[]; former: string[] }[];
}

/** Every set of migrations that a commit of main ever had, oldest first. */
export async function publishedSets(): Promise<PublishedMigration[][]> {
  const versions = await allVersions();
  const sets = await fixture<string[][]>('published-sets.json');
  return sets.map((set) =>
    set.map((entry) => {
      const [name, prefix = ''] = entry.split(' ');
      const found = versions.filter((each) => each.name === name && each.checksum.startsWith(prefix));
      if (found.length !== 1) throw new Error(`${entry} is not known: was a published migration edited?`);
      return found[0]!;
    }),
  );
}

/** All checksums that a migration ever had on main, by its name; the last one is that of today. */
export async function publishedChecksums(): Promise<Record<string, string[]>> {
  return fixture('checksums.json');
}

/** The present files and, made from them by their edits, all former ones. */
async function allVersions(): Promise<PublishedMigration[]> {
  const shipped = await shippedMigrations();
  const former = await fixture<FormerVersion[]>('former-versions.json');
  return [
    ...shipped,
    ...former.map(({ migration, checksum, edits }) => {
      const present = shipped.find(({ name }) => name === migration);
      const lines = present?.sql.split('\n') ?? [];
      for (const edit of edits.toReversed()) lines.splice(edit.line - 1, edit.present.length, ...edit.former);
      const sql = lines.join('\n');
      if (createHash('sha256').update(sql).digest('hex') !== checksum) {
        throw new Error(
          `The former version ${checksum} of ${migration} cannot be made from the present file.`,
        );
      }
      return { name: migration, sql, checksum };
    }),
  ];
}

async function fixture<T>(name: string): Promise<T> {
  const file = new URL(`../../../test/fixtures/migrations/${name}`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
