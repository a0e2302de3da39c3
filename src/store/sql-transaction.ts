import pg from 'pg';
import { Prisma } from './generated/client.js';

type Statement = TemplateStringsArray | Prisma.Sql;

/** A transaction that takes SQL only: Prisma's is one, and so is the driver's own. */
export interface SqlTx {
  $queryRaw<T = unknown>(statement: Statement, ...values: unknown[]): Promise<T>;
  /** @returns how many rows it touched */
  $executeRaw(statement: Statement, ...values: unknown[]): Promise<number>;
}

/** Names of kept statements by their text: few, because a text is written once in the program. */
const names = new Map<string, string>();
const kept = new WeakSet<Prisma.Sql>();

/**
 * A statement that each connection takes apart and plans once, a good part of what it costs for a few rows. Only for
 * inserts of given rows, with the same text each time: a kept plan that reads tables would stay the one of the day on
 * which they were small. Prisma's own transactions run it like any other.
 */
export function keepPlan(statement: Prisma.Sql): Prisma.Sql {
  kept.add(statement);
  return statement;
}

function nameOf(statement: Prisma.Sql): { name?: string } {
  if (!kept.has(statement)) return {};
  const { text } = statement;
  const name = names.get(text) ?? `kept-${names.size + 1}`;
  names.set(text, name);
  return { name };
}

/** What PostgreSQL said, without the parts of its answer that quote rows and values. */
export class SqlError extends Error {
  constructor(
    message: string,
    /** SQLSTATE */
    readonly code: string,
  ) {
    super(message);
    this.name = 'SqlError';
  }
}

/**
 * Runs `work` in one transaction straight on the driver. Statements go out at once and in the order in which they are
 * asked for, so a caller that does not wait for an answer makes the next statement while PostgreSQL is busy with this one. In the
 * end every answer has to be awaited.
 * @param pool of openPool(), with `pipeline`
 * @throws SqlError; nothing of the transaction is left then
 */
export async function runSqlTransaction<T>(pool: pg.Pool, work: (tx: SqlTx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const statements = statementsOn(client);
  let broken: Error | undefined;
  try {
    const [, result] = await Promise.all([statements.ask({ text: 'BEGIN' }), work(sqlTx(statements))]);
    const { command } = await statements.end('COMMIT');
    // PostgreSQL answers ROLLBACK, not an error, when a statement had failed and its caller had ignored the error.
    if (command !== 'COMMIT') throw new Error('A statement of the transaction failed unnoticed.');
    return result;
  } catch (error) {
    await statements.end('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

interface Statements {
  ask(query: pg.QueryConfig): Promise<pg.QueryResult>;
  /** The last statement: a later one, from a part of `work` that still runs, is refused. */
  end(text: string): Promise<pg.QueryResult>;
}

function statementsOn(client: pg.PoolClient): Statements {
  let isOver = false;
  return {
    async ask(query) {
      if (isOver) throw new Error('The transaction is over.');
      return client.query(query).catch(withoutValues);
    },
    async end(text) {
      isOver = true;
      return client.query({ text }).catch(withoutValues);
    },
  };
}

function sqlTx(statements: Statements): SqlTx {
  const ask = (statement: Statement, values: unknown[]) => {
    const sql = 'raw' in statement ? Prisma.sql(statement, ...values) : statement;
    return statements.ask({
      ...nameOf(sql),
      text: sql.text,
      values: sql.values,
      types: { getTypeParser },
    });
  };
  return {
    $queryRaw: async <T>(statement: Statement, ...values: unknown[]) =>
      (await ask(statement, values)).rows as T,
    $executeRaw: async (statement, ...values) => (await ask(statement, values)).rowCount ?? 0,
  };
}

/** As Prisma reads them: a bigint is one, not a text. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
  oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format);

function withoutValues(error: unknown): never {
  if (error instanceof pg.DatabaseError) throw new SqlError(error.message, error.code ?? '');
  throw error;
}
