import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient, Prisma } from './generated/client.js';
import { openPool } from './pool.js';
import { runSqlTransaction, SqlError, type SqlTx } from './sql-transaction.js';

export { Prisma };
export type { SqlTx };

/** What a store's function takes first: the client itself, or the transaction it shall be part of. */
export type Tx = Prisma.TransactionClient;

/**
 * The store of one process. `prisma` is everyday access and transactions; `pool` is for reading long lists of rendered
 * documents and for COPY. A transaction is one's or the other's, never both.
 */
export interface Database {
  prisma: PrismaClient;
  pool: pg.Pool;
  /** Most connections that this process will hold at once. */
  connectionBudget: number;
  /** Runs `work` in one transaction; a serialisation failure or deadlock is tried again. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** The same for pages of rows: SQL only, on the driver itself, which spares Prisma's several copies of every value. */
  sqlTransaction<T>(work: (tx: SqlTx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface TransactionOptions {
  timeoutMs?: number;
}

export interface DatabaseOptions {
  url: string;
  /** Connections for Prisma and for the pool of readers. */
  prismaConnections?: number;
  readConnections?: number;
  applicationName?: string;
}

const TRANSACTION_TIMEOUT_MS = 30_000;
const CONNECTION_WAIT_MS = 10_000;
const TRANSACTION_TRIES = 4;
/** PostgreSQL: serialization_failure, deadlock_detected; Prisma has one name for both. */
const TRY_AGAIN = /^(40001|40P01|P2034)$/;
/** Prisma hands PostgreSQL's own codes on in words. */
const CODE_IN_WORDS = /Code: `(\w{5})`/;

export function openDatabase(options: DatabaseOptions): Database {
  const common = {
    connectionString: options.url,
    application_name: options.applicationName ?? 'tiktok-shop-connector',
    // Sessions speak UTC whatever the server's default is; a statement that hangs must not hold a connection for ever.
    options: '-c timezone=UTC -c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000',
    // A caller that finds all connections taken is told to come back, instead of waiting behind their holders.
    connectionTimeoutMillis: CONNECTION_WAIT_MS,
  };
  const prismaConnections = options.prismaConnections ?? 6;
  const readConnections = options.readConnections ?? 4;
  const writers = openPool({ ...common, max: prismaConnections, pipeline: true });
  const prisma = new PrismaClient({ adapter: new PrismaPg(writers) });
  const pool = openPool({ ...common, max: readConnections });
  return {
    prisma,
    pool,
    connectionBudget: prismaConnections + readConnections,
    transaction: (work, { timeoutMs = TRANSACTION_TIMEOUT_MS } = {}) =>
      repeated(() => prisma.$transaction(work, { timeout: timeoutMs, maxWait: CONNECTION_WAIT_MS })),
    sqlTransaction: (work) => repeated(() => runSqlTransaction(writers, work)),
    async close() {
      await prisma.$disconnect();
      await Promise.all([writers.end(), pool.end()]);
    },
  };
}

/** Again after a deadlock or a serialisation failure. */
async function repeated<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === TRANSACTION_TRIES || !TRY_AGAIN.test(codeOf(error))) throw error;
    }
  }
}

/** True when the error is PostgreSQL's unique violation (23505), from a model call or from raw SQL. */
export function isUniqueViolation(error: unknown): boolean {
  return ['23505', 'P2002'].includes(codeOf(error));
}

/** True when PostgreSQL refused a value (SQLSTATE 22xxx, such as a number out of range): the same value fails again. */
export function isDataError(error: unknown): boolean {
  return /^(22|P2020$)/.test(codeOf(error));
}

/** The server's code as far as it is known, else Prisma's, else nothing. */
function codeOf(error: unknown): string {
  if (error instanceof SqlError) return error.code;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return '';
  return (error.code === 'P2010' && CODE_IN_WORDS.exec(error.message)?.[1]) || error.code;
}

/** Codes of Node, PostgreSQL and Prisma that mean "the store cannot be reached or is too busy just now". */
const STORE_UNAVAILABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|57P0[1-3]|57014|53300|40001|40P01|08\w{3}|P1001|P1002|P1008|P1017|P2024|P2028|P2034|P2037)$/;
/** The driver has no codes for a connection that ends in mid-query, or that none is free. */
const CONNECTION_LOST = /Connection terminated|is not queryable|timeout exceeded when trying to connect/;

/** Prisma's words for what its driver could not reach. */
const DRIVER_UNAVAILABLE = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/;

/** True when the store cannot be reached or is too busy just now: the same call can succeed in a moment. */
export function isStoreUnavailable(error: Error & { code?: unknown }): boolean {
  if (allCodesOf(error).some((code) => STORE_UNAVAILABLE.test(code))) return true;
  return CONNECTION_LOST.test(error.message) || DRIVER_UNAVAILABLE.test(String(driverErrorOf(error).kind));
}

/** PostgreSQL's disk or memory is full (53100, 53200): nothing is wrong with what was to be stored. */
const STORE_FULL = /^53[12]00$/;

/** True when PostgreSQL has no room: an operator has to make some, and until then the same call fails again. */
export function isStoreFull(error: Error & { code?: unknown }): boolean {
  return allCodesOf(error).some((code) => STORE_FULL.test(code));
}

/** Wherever an error of the store keeps its code: the driver's own, Prisma's, or in Prisma's words. */
function allCodesOf(error: Error & { code?: unknown }): string[] {
  return [error.code, CODE_IN_WORDS.exec(error.message)?.[1], driverErrorOf(error).originalCode].map(String);
}

interface DriverError {
  /** PostgreSQL's or the system's. */
  originalCode?: unknown;
  kind?: unknown;
}

/** What Prisma's driver says; Prisma puts it inside of its own error, or lets it out as it is when a BEGIN fails. */
function driverErrorOf(error: Error & { meta?: { driverAdapterError?: Error } }): DriverError {
  const { cause } = error.meta?.driverAdapterError ?? error;
  return cause ?? {};
}
