import type { Tx } from '../store/database.js';
import type { DocumentHead } from './document.js';
import type { Named } from '../logicbroker/schema.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/**
 * What the API needs to know of a document type. Filling this in gives search, Ready, LogicbrokerKeys/Ready, get,
 * status (get, put, bulk) and history in all versions.
 */
export interface DocumentDefinition {
  type: DocumentType;
  /** Segment of the path and tag in the OpenAPI document, such as `Orders`. */
  path: string;
  /** In sentences and operation ids, such as `Order`. */
  noun: string;
  /** Member of v1 lists, such as `SalesOrders`. */
  listName: string;
  /** Member of the body of get by key, such as `SalesOrder`; null where the body is the document itself. */
  bodyName: string | null;
  /** Statuses at which documents addressed to the caller count as ready. */
  readyStatuses: number[];
  /** How the history of a document is called, by the contract and by v1. */
  eventsPaths: string[];
  /** To which statuses a caller may move a document, and from which. */
  byHand: StatusByHand;
  schemas: { message: Named; arrayResponse: Named; v1List: Named };
}

export interface StatusByHand {
  /** Target code -> codes that may be left for it. */
  moves: Record<number, readonly number[]>;
  /** Why a target is not among the moves, where there is more to say than that. */
  refusals: Record<number, string>;
  /** Why one document may not go there, where that depends on more than its status; null when it may. */
  forbids?: (document: DocumentHead, to: number) => string | null;
  /** Locks what the domain's own writers lock before they lock documents, so that nobody waits in a circle. */
  lockFirst?: (tx: Tx, which: { companyId: number; keys: readonly number[] }) => Promise<void>;
  /** Before the transaction of a change: may bring what it rests on up to date, also by asking TikTok. */
  prepare?: (change: { companyId: number; keys: readonly number[]; to: number }) => Promise<void>;
  /**
   * In place of setting a status that is reached by doing something. `one`: what cannot be done is thrown; `many`: it is
   * left alone.
   */
  perform?: Readonly<Record<number, PerformMove>>;
  /** Words that callers take for a status, and what they are told. */
  noStatus?: { pattern: RegExp; message: string; next: string };
  /**
   * What else the move means for the domain, in the same transaction. May throw an AppError to refuse.
   * @returns outbox entries that it has asked for; they are woken after the commit
   */
  moved?: (tx: Tx, documents: DocumentHead[], to: number) => Promise<readonly bigint[]>;
}

export type PerformMove = (
  tx: Tx,
  documents: readonly DocumentHead[],
  mode: 'one' | 'many',
) => Promise<Performed>;

export interface Performed {
  /** Keys of the documents for which it was done. */
  done: number[];
  /** Outbox entries that it has asked for; they are woken after the commit. */
  wake: readonly bigint[];
}
