import { randomBytes } from 'node:crypto';
import { inflateRawSync, inflateSync } from 'node:zlib';
import type { Database } from '../../src/store/database.js';

/** Somebody like nobody else: each text is found wherever it went. */
export interface Person {
  first: string;
  last: string;
  street: string;
  city: string;
  zip: string;
  phone: string;
  email: string;
  cpf: string;
  /** What is said of them, by themselves or by others; each place has its own. */
  word(where: string): string;
  /** Everything that was handed out. */
  texts(): string[];
}

export function person(): Person {
  const made: string[] = [];
  const keep = (text: string): string => {
    made.push(text);
    return text;
  };
  const letters = (length: number): string =>
    [...randomBytes(length)].map((byte) => 'bcdfghjklmnpqrstvwxz'[byte % 20]).join('');
  const digits = (length: number): string => [...randomBytes(length)].map((byte) => byte % 10).join('');
  const last = keep(`Q${letters(9)}`);
  return {
    first: keep(`Z${letters(8)}`),
    last,
    street: keep(`${letters(10)} crescent`),
    city: keep(`X${letters(9)}ville`),
    zip: keep(`9${digits(4)}-${digits(4)}`),
    phone: keep(`(+1)555${digits(9)}`),
    email: keep(`${letters(8)}@${letters(8)}.example`),
    cpf: keep(`${digits(3)}.${digits(3)}.${digits(3)}-${digits(2)}`),
    word: (where) => keep(`${where}${letters(10)}`),
    texts: () => [...made],
  };
}

/** Which of the texts stand anywhere in the database, the queue's tables and unpacked files included: `text in table`. */
export async function placesOf(
  { pool }: Pick<Database, 'pool'>,
  texts: readonly string[],
): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string; table: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name, tablename AS table FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name, table } of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
    const all = rows.map(({ row }) => row).join('\n');
    found.push(...texts.filter((text) => all.includes(text)).map((text) => `${text} in ${table}`));
  }
  const { rows: chunks } = await pool.query<{ content: Buffer; is_packed: boolean }>(
    'SELECT content, is_packed FROM blob_chunks',
  );
  const files = chunks.map(({ content, is_packed: isPacked }) =>
    (isPacked ? unpacked(content) : content).toString('utf8'),
  );
  return [
    ...found,
    ...texts.filter((text) => files.join('\n').includes(text)).map((text) => `${text} in a file`),
  ];
}

function unpacked(content: Buffer): Buffer {
  try {
    return inflateRawSync(content);
  } catch {
    return inflateSync(content);
  }
}
