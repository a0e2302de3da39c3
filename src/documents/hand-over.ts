import { afterAnswer, type Answer } from '../http/after-answer.js';
import type { KeyActor } from '../companies/actor.js';

/** Is told what an ERP has got to know of its documents. Never holds up an answer, and never fails one. */
export interface HandOver {
  /** An answer with the text of these order documents has left. */
  carried(which: KnownDocuments): void;
  /** The ERP has said something of these documents (of any type): it knows them, and the orders that they belong to. */
  named(which: KnownDocuments): void;
  /** Resolves when everything that was told is noted. */
  settled(): Promise<void>;
}

export interface KnownDocuments {
  companyId: number;
  keys: readonly number[];
  /** When the answer's last byte left, on `performance.now()`. */
  sentAtMs: number;
}

export interface HandOverDeps {
  /** Left out: nobody counts by it. */
  handOver?: HandOver | undefined;
}

/**
 * Notes orders as handed over once the answer that carries them has left this process whole. Noted before, an answer that
 * is lost would count as given, and a count of the ERP as net of an order that it never saw: pieces would be sold twice.
 * Noted afterwards, what can be lost (the process ends right here) only keeps pieces back until the ERP reads or says
 * anything of the order again. The ERP cannot have reacted earlier: the time that counts is the one at which the last byte
 * left, however late it is written down.
 */
export function carriesOrders(
  request: { caller: KeyActor },
  reply: Answer,
  { handOver }: HandOverDeps,
  keys: readonly number[],
): void {
  if (!handOver || keys.length === 0) return;
  const { companyId } = request.caller;
  afterAnswer(reply, (sentAtMs) => handOver.carried({ companyId, keys, sentAtMs }));
}

/** The same for documents that a caller has named in a call that was taken. */
export function namesDocuments(
  request: { caller: KeyActor },
  reply: Answer,
  { handOver }: HandOverDeps,
  keys: readonly number[],
): void {
  if (!handOver || keys.length === 0) return;
  const { companyId } = request.caller;
  afterAnswer(reply, (sentAtMs) => handOver.named({ companyId, keys, sentAtMs }));
}
