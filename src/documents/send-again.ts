import type { Actor } from '../companies/actor.js';
import { AppError } from '../kernel/errors.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import { documentTypeNames } from '../logicbroker/document-types.js';
import type { Tx } from '../store/database.js';
import { changeStatus } from './document-store.js';

/** Something that documents of one kind ask of TikTok, and that can be asked again after TikTok has refused it. */
export interface Resending<Locked, Part> {
  type: DocumentType;
  /** What TikTok refuses, for the caller who sends again what was not refused: `package`. */
  part: string;
  /** What to do instead then. */
  next: string;
  /** The parts that TikTok has refused. */
  refused(tx: Tx, locked: Locked): Promise<readonly Part[]>;
  /** @throws AppError rule-violated by the gate that refuses */
  check(tx: Tx, locked: Locked): Promise<void>;
  /** Marks the parts as on their way and asks for them. @returns outbox entries to wake after the commit */
  ask(tx: Tx, locked: Locked, parts: readonly Part[]): Promise<bigint[]>;
}

/**
 * What the status Submitted means for a document of which TikTok has refused something: exactly that is asked again, as it
 * was planned, if the gates let it pass today. The caller holds the document and what it belongs to.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated when nothing was refused, or by a gate
 */
export async function sendAgain<Locked, Part>(
  tx: Tx,
  resending: Resending<Locked, Part>,
  document: { companyId: number; key: number; by: Actor },
  locked: Locked,
): Promise<bigint[]> {
  const { companyId, key, by } = document;
  const { type } = resending;
  const parts = await resending.refused(tx, locked);
  if (parts.length === 0) throw nothingToSend(resending, key);
  await resending.check(tx, locked);
  const wake = await resending.ask(tx, locked, parts);
  await changeStatus(tx, { companyId, keys: [key], type, to: StatusCode.processing, by });
  return wake;
}

function nothingToSend(
  { type, part, next }: Pick<Resending<never, never>, 'type' | 'part' | 'next'>,
  key: number,
): AppError {
  const message = `${documentTypeNames[type]} ${key} has no ${part} that TikTok refused.`;
  return new AppError('rule-violated', message, { details: [{ field: 'Status', message, next }] });
}
