import type { Actor } from '../../companies/actor.js';
import { AppError } from '../../kernel/errors.js';
import { Prisma, type Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import type { Fence } from '../../outbound/call-fence.js';
import type { Lane } from '../../kernel/lane.js';
import { connectionIdOf, connectionOf, connectionSubject } from '../subjects/connection-subject.js';
import { distinctKinds, type Subject, type SubjectKind } from '../subjects/subject-kind.js';

/** An effect to be had outside, as the business change asks for it: on a connection's TikTok, or at another target. */
export type NewEffect = AskedEffect & ({ connectionId: number } | { target: Subject });

interface AskedEffect {
  companyId: number;
  /** Name in the table of effects. */
  effect: string;
  /** What this effect is once and for all: asked for again under the same key, it is the same effect. */
  naturalKey: string;
  /** Effects with the same ordering key (an order, a product) happen one after the other, in the order of asking. */
  orderingKey: string;
  documentKey?: number;
  /** Names rows; never personal data or secrets. */
  payload: object;
  lane: Lane;
}

export type OutboxState = 'pending' | 'sending' | 'in_doubt' | 'done' | 'refused' | 'needs_person';

/** An effect that was asked for, wherever it goes. */
export interface TargetEntry<P = unknown> {
  id: bigint;
  companyId: number;
  target: Subject;
  effect: string;
  naturalKey: string;
  orderingKey: string;
  documentKey: number | null;
  lane: Lane;
  payload: P;
  /** Calls that were made, this one included. */
  attempts: number;
}

/** An effect on a connection's TikTok. */
export interface OutboxEntry<P = unknown> extends TargetEntry<P> {
  connectionId: number;
}

export interface EffectContext<P = unknown> {
  entry: OutboxEntry<P>;
  /** The program, as it carries out this effect. */
  by: Actor;
  /** Aborted when the process closes or the lease is lost. */
  signal: AbortSignal;
  /** For `openShop` in `send`; `readBack` only reads and needs none. */
  fence: Fence;
  now(): Date;
}

/** What TikTok shows when it is asked whether the effect is there. */
export type ReadBack<R> =
  | { state: 'done'; result: R }
  /** Surely not there, and no call is under way that could still bring it. */
  | { state: 'not-done' }
  /** Something else is there in its place, so that it never can be. */
  | { state: 'refused'; error: AppError }
  | { state: 'unknown'; why: string };

export type EffectOutcome<R> =
  | { state: 'done'; result: R }
  | { state: 'refused'; error: AppError }
  | { state: 'needs_person'; why: string };

/**
 * One row in the table of effects: without it nothing is sent. The definition of an effect that goes to another kind of
 * target is written against TargetEntry: its entries have no connection.
 */
export interface EffectDefinition<P = unknown, R = unknown> {
  name: string;
  /** Where it goes; left out: to a connection's TikTok. */
  target?: SubjectKind;
  lane: Lane;
  /** TikTok refuses repeats, so that sending again after doubt cannot have the effect twice. */
  resendSafe: boolean;
  /**
   * What it sends leaves only through the context's fence (`openShop(..., fence)`). A delivery that died before it passed
   * the fence has then surely sent nothing, and is simply made again.
   */
  leavesByFence?: boolean;
  /** Makes the call. Throws AppErrors whose code says what is known: see delivery-decision.ts. Anything else means doubt. */
  send(context: EffectContext<P>): Promise<R>;
  /** True for an error by which TikTok says that it is in that state already: compared by `readBack` before it counts. */
  saysDone?(error: AppError): boolean;
  readBack(context: EffectContext<P>): Promise<ReadBack<R>>;
  /**
   * Writes the outcome to the business's rows, in the transaction that settles the entry. Called once per outcome. `by`: the
   * program, or the person who has decided.
   */
  settle(tx: Tx, entry: OutboxEntry<P>, outcome: EffectOutcome<R>, by: Actor): Promise<void>;
  /**
   * TikTok turns out to have what was settled as refused, or as a person's to decide: puts the business's rows right and
   * tells the ERP. With `findOvertaken`; see recheck-entries.ts.
   * @returns false, with nothing changed, when something else has taken its place meanwhile
   */
  correct?(tx: Tx, entry: OutboxEntry<P>, result: R, by: Actor): Promise<boolean>;
  /** Ids of entries settled so since then which what we hold of TikTok by now speaks against; at most some hundred. */
  findOvertaken?(db: Tx, since: Date): Promise<bigint[]>;
}

export type EffectRegistry = ReadonlyMap<string, EffectDefinition>;

/** @throws AppError configuration-invalid when two effects have one name */
export function effectRegistry(definitions: readonly EffectDefinition[]): EffectRegistry {
  const registry = new Map<string, EffectDefinition>();
  for (const definition of definitions) {
    if (registry.has(definition.name)) {
      throw new AppError('configuration-invalid', `Two effects are named ${definition.name}.`);
    }
    registry.set(definition.name, definition);
  }
  return registry;
}

/** The kinds of target that these effects go to. */
export function targetKindsOf(effects: EffectRegistry): SubjectKind[] {
  // Never none, so that queries can join them.
  const kinds = [...effects.values()].map(({ target }) => target ?? connectionSubject);
  return distinctKinds(kinds.length === 0 ? [connectionSubject] : kinds);
}

interface EnqueuedEffect {
  id: bigint;
  /** False when this effect had been asked for before; it then stays as it is. */
  created: boolean;
  state: OutboxState;
}

/**
 * Notes an effect in the transaction of the business change that wants it. Wake the queue after the commit; without that
 * the next beat finds it. The same natural key again changes nothing.
 */
export async function enqueueEffect(tx: Tx, wanted: NewEffect): Promise<EnqueuedEffect> {
  const [enqueued] = await enqueueEffects(tx, [wanted]);
  return enqueued!;
}

/** The same for many, however many, in one statement or two. @returns for each in its order */
export async function enqueueEffects(tx: Tx, wanted: readonly NewEffect[]): Promise<EnqueuedEffect[]> {
  if (wanted.length === 0) return [];
  const rows = wanted.map((effect, index) => {
    const target = 'target' in effect ? effect.target : connectionOf(effect.connectionId);
    return {
      ...effect,
      nth: index,
      kind: target.kind,
      targetId: target.id,
      connectionId: connectionIdOf(target),
    };
  });
  const given = Prisma.sql`json_to_recordset(${JSON.stringify(rows)}::json) AS given (nth int, "companyId" int, kind text,
    "targetId" int, "connectionId" int, effect text, "naturalKey" text, "orderingKey" text, lane text, "documentKey" int,
    payload jsonb)`;
  // Entries of one ordering key go in the order of their ids.
  const created = await tx.$queryRaw<NamedEntry[]>`
    INSERT INTO outbox (company_id, target_kind, target_id, connection_id, effect, natural_key, ordering_key, lane,
      document_key, payload)
    SELECT "companyId", kind, "targetId", "connectionId", effect, "naturalKey", "orderingKey", lane, "documentKey", payload
    FROM ${given} ORDER BY nth
    ON CONFLICT (target_kind, target_id, effect, natural_key) DO NOTHING
    RETURNING id, target_kind AS kind, target_id AS "targetId", effect, natural_key AS "naturalKey", state`;
  const entries = new Map(created.map((entry) => [nameOf(entry), { ...entry, created: true }]));
  if (entries.size < rows.length) {
    const known = await tx.$queryRaw<NamedEntry[]>`
      SELECT o.id, o.target_kind AS kind, o.target_id AS "targetId", o.effect, o.natural_key AS "naturalKey", o.state
      FROM ${given} JOIN outbox o ON o.target_kind = given.kind AND o.target_id = given."targetId"
        AND o.effect = given.effect AND o.natural_key = given."naturalKey"`;
    for (const entry of known) {
      const name = nameOf(entry);
      if (!entries.has(name)) entries.set(name, { ...entry, created: false });
    }
  }
  return rows.map((row) => {
    const { id, created: isNew, state } = entries.get(nameOf(row))!;
    return { id, created: isNew, state };
  });
}

interface NamedEntry {
  id: bigint;
  kind: string;
  targetId: number;
  effect: string;
  naturalKey: string;
  state: OutboxState;
}

function nameOf({ kind, targetId, effect, naturalKey }: Omit<NamedEntry, 'id' | 'state'>): string {
  return JSON.stringify([kind, targetId, effect, naturalKey]);
}

/**
 * Retries these documents' waiting effects now, because the facts behind them changed.
 * Rows that somebody is at are passed over: they are being looked at.
 */
export async function hurryEffects(
  tx: Tx,
  { documentKeys, now }: { documentKeys: readonly number[]; now: Date },
): Promise<void> {
  if (documentKeys.length === 0) return;
  await tx.$executeRaw`
    UPDATE outbox SET next_attempt_at = ${onDatabaseClock(now)} WHERE id IN (
      SELECT id FROM outbox
      WHERE document_key = ANY(${documentKeys}::int[]) AND state = 'pending'
        AND next_attempt_at > ${onDatabaseClock(now)}
      ORDER BY id FOR UPDATE SKIP LOCKED)`;
}
