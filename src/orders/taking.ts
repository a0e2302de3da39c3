import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import type { NewEvent } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import type { Waking } from '../documents/wake-effects.js';
import type { OrderReference } from '../domain/order.js';
import type { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { Database, Tx } from '../store/database.js';
import type { OrderRecord } from './order-record.js';

/** What every document says of its order. */
export interface NamesOrder {
  order: OrderReference;
}

/** A document from outside, read, and the order that it names; nothing is locked or decided yet. */
export interface SentItem<Input> {
  companyId: number;
  orderKey: number;
  input: Input;
  /** The v3 document as it was sent. */
  document: JsonObject;
  hash: string;
}

/** An order with its document, both locked, and its connection. */
export interface LockedOrder {
  record: OrderRecord;
  orderHead: DocumentHead;
  connection: Connection;
}

/** A document that is new, or may take the place of another, with its order. */
export interface Asked<Input> {
  item: SentItem<Input>;
  order: LockedOrder;
  /** The document under the same number that this one takes the place of, as it was; null for a new one. */
  replaces: DocumentHead | null;
}

/** A document that is taken: decided, and stored as `head` says. */
export interface Taken<Input, Plan> extends Asked<Input> {
  plan: Plan;
  head: DocumentHead;
}

/** A document that is not taken. */
export interface Refused {
  error: AppError;
}

/** The document that the order of an item has under the item's number. */
export type FindTwin<Input> = (item: SentItem<Input>) => DocumentHead | undefined;

/**
 * How documents of one kind are taken from outside, many at once: what is read or written is read and written for all of them.
 * Refusals are AppErrors.
 */
export interface Taking<Input extends NamesOrder, Plan, Facts> {
  type: DocumentType;
  rendererVersion: number;
  /** Field with the sender's number of the document, once per order. */
  numberField: string;
  /** What to do about a number that stands for another content. */
  whenTaken: string;
  /** Whether a document that failed, or was given up, may be sent again under its number with another content. */
  isReplaceable: boolean;
  /** Keys of the documents among those that have the numbers which only wait, so that they may be sent again with another content too. */
  findWaiting?(tx: Tx, twins: readonly DocumentHead[], now: Date): Promise<ReadonlySet<number>>;
  /** @throws AppError invalid-document with field paths */
  read(document: JsonObject): Input;
  numberOf: (input: Input) => string;
  /** Of the content: the same for two documents that say the same. */
  hash(document: JsonObject): Promise<string>;
  /**
   * What must be known from outside before anything is locked. Changes nothing. `findTwins`: reads what the orders have under
   * these numbers.
   * @returns for each item in its order: the item with what is known now, or why it is refused
   */
  prepare?(
    items: readonly SentItem<Input>[],
    findTwins: () => Promise<FindTwin<Input>>,
  ): Promise<readonly (SentItem<Input> | Refused)[]>;
  /** What `decide` looks at beside the locked orders, of one document of each order. */
  readFacts(tx: Tx, asked: readonly Asked<Input>[]): Promise<Facts>;
  /**
   * What the document does. Reads and writes nothing.
   * @throws AppError by a gate, or about its lines
   */
  decide(asked: Asked<Input>, facts: Facts): Plan;
  /** What the sender should know of a document that is taken; left out: there is never anything. */
  remarks?(item: SentItem<Input>): readonly string[];
  statusOf(plan: Plan): number;
  text(taken: Taken<Input, Plan>): string;
  created(taken: Taken<Input, Plan>): Pick<NewEvent, 'event' | 'summary'>;
  /** The kind's own rows, new or in place of those that are there, and what the documents do. @returns outbox entries to wake after the commit */
  store(tx: Tx, taken: readonly Taken<Input, Plan>[], by: Actor): Promise<bigint[]>;
}

/** Who sends documents, and for which company. */
export interface Sender {
  companyId: number;
  by: Actor;
}

/** `created` is false when the same document was sent before, and when this one replaces what failed. */
export interface TakenKey {
  key: number;
  created: boolean;
  /** What the sender should know although it was taken. */
  remarks: readonly string[];
}

export type TakeResult = TakenKey | Refused;

export interface TakeDeps extends Waking {
  db: Database;
  clock: Clock;
}

export interface SentRequest {
  /** The order in the path; without it the document names its order. */
  orderKey?: number | undefined;
  /** A v3 document, parsed so that numbers keep their text. */
  document: JsonObject;
}
