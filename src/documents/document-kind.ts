import type { Actor } from '../companies/actor.js';
import type { Api, ApiVersion, BodyExamples } from '../http/api.js';
import type { AppError } from '../kernel/errors.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import type { DocumentEnvelopes } from '../logicbroker/envelopes.js';
import type { Named } from '../logicbroker/schema.js';
import type { Tx } from '../store/database.js';
import type { EffectDefinition } from '../sync/effects/outbox.js';
import type { DocumentHead } from './document.js';
import type { Renderer } from './rerender.js';

/**
 * A kind of document: all that the service needs to know of it. From it follow its routes in all versions (search, Ready,
 * LogicbrokerKeys/Ready, get, status, history, and what the hooks below add), its tag, its effects and the sweep that
 * renders it; its names and statuses are those of its type in `logicbroker/`. The list of kinds is in compose/kinds.ts.
 */
export interface DocumentKind {
  type: DocumentType;
  /** Of the tag in the OpenAPI document. */
  about: string;
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
  envelopes: DocumentEnvelopes;
  /** POST, where callers send documents of this kind. */
  post?: PostDocument;
  /** PUT by key, where a document may be changed. */
  edit?: EditDocument;
  /** Below `Orders/{LogicbrokerKey}`, where the documents belong to an order. */
  ofOrder?: DocumentsOfOrder;
  /** `{LogicbrokerKey}/Explain`. */
  explain?: ExplainDocument;
  /** Left out where the text never changes with the program. */
  renderer?: Renderer;
  /**
   * Where people stand in it beside its text; null: nowhere. The text itself is rendered anew from what is left, or cut to
   * the members that name nobody where the kind has no renderer.
   */
  personal: PersonalPart | null;
  /** What it does on TikTok. */
  effects?: readonly EffectDefinition[];
  /** Routes that no other kind has. */
  routes?: (api: Api, version: ApiVersion) => void;
}

/** Columns of a kind's own tables that may hold people, as they are tagged in prisma/schema, and how they are forgotten. */
export interface PersonalPart {
  /** `table.column` */
  columns: readonly string[];
  /** Forgets them for good. The caller has locked what `Renderer.lock` locks, and renders the texts afterwards. */
  wipe(tx: Tx, which: { companyId: number; keys: readonly number[]; now: Date }): Promise<void>;
}

/** A document as a caller has sent it. */
export interface SentDocument {
  companyId: number;
  /** Who sends it. */
  by: Actor;
  /** The v3 document, validated: for rules. */
  document: unknown;
  /** The same as it was sent, every number in its own digits: for keeping. */
  kept: unknown;
}

export interface TakenDocument {
  key: number;
  /** False: it was known already, or has taken the place of one that failed. */
  created?: boolean;
  /** What the sender should know although it was taken. */
  remarks?: readonly string[];
}

export interface PostDocument {
  /** Begins the operation's id: `create` of createShipment. */
  verb: string;
  summary: string;
  description: string;
  schema: Named;
  examples: BodyExamples;
  /** The answer. */
  created: Named;
  /**
   * `orderKey` is the order in the path. Same number and content again answers the existing key.
   * @throws AppError
   */
  take: (sent: SentDocument & { orderKey?: number }) => Promise<TakenDocument>;
  /** Many at once, where that is faster; each is taken or refused by itself. @returns for each in its order */
  takeMany?: (
    sender: Pick<SentDocument, 'companyId' | 'by'> & { orderKey?: number },
    documents: readonly Pick<SentDocument, 'document' | 'kept'>[],
  ) => Promise<(TakenDocument | { error: AppError })[]>;
}

export interface EditDocument {
  summary: string;
  description: string;
  schema: Named;
  examples: BodyExamples;
  edited: Named;
  /** `check` is called with the locked document before anything else, for If-Match. @throws AppError */
  change: (sent: SentDocument & { key: number; check: (head: DocumentHead) => void }) => Promise<void>;
}

export interface DocumentsOfOrder {
  /** Documents that an order shows at most. */
  most: number;
  /** POST for the order in the path, with the kind's own `take`. */
  post?: { summary: string; description: string; created: Named };
}

export interface ExplainDocument {
  description: string;
  answer: Named;
  /** The body. @throws AppError not-found */
  explain: (which: { companyId: number; key: number }) => Promise<object>;
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
  prepare?: (change: { companyId: number; keys: readonly number[]; to: number; by: Actor }) => Promise<void>;
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
  moved?: (tx: Tx, documents: DocumentHead[], to: number, by: Actor) => Promise<readonly bigint[]>;
}

export type PerformMove = (
  tx: Tx,
  documents: readonly DocumentHead[],
  how: { mode: 'one' | 'many'; by: Actor },
) => Promise<Performed>;

export interface Performed {
  /** Keys of the documents for which it was done. */
  done: number[];
  /** Outbox entries that it has asked for; they are woken after the commit. */
  wake: readonly bigint[];
}
