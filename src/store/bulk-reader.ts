import type { QueryResultRow } from 'pg';
import type { BulkTx } from './bulk-transaction.js';
import { Prisma, type Database } from './database.js';

/** What a query that only reads needs of the store: a client, a transaction of Prisma's, or one for bulk work. */
export interface Reader {
  $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): PromiseLike<T>;
}

/**
 * Lets queries of the everyday kind see what a bulk transaction has not committed yet. Queries have to cast what the two
 * drivers read differently: counts to int, large integers and decimals to text.
 */
export function readerOf(tx: Pick<BulkTx, 'query'>): Reader {
  return {
    async $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<T> {
      const { text, values: parameters } = query instanceof Prisma.Sql ? query : Prisma.sql(query, ...values);
      return (await tx.query<QueryResultRow>(text, parameters)) as T;
    },
  };
}

/** The same queries on the driver itself: for thousands of rows, of which Prisma makes several copies. */
export function poolReader({ pool }: Pick<Database, 'pool'>): Reader {
  return readerOf({
    query: async <Row extends QueryResultRow>(text: string, values?: unknown[]) =>
      (await pool.query<Row>(text, values)).rows,
  });
}
