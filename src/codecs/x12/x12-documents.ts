import type { X12Group, X12Interchange, X12Set } from '../../formats/x12.js';
import { readX12 } from '../../formats/x12-reader.js';
import { writeX12, type X12Body, type X12Controls } from '../../formats/x12-writer.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import type { JsonObject } from '../../logicbroker/json-reading.js';
import { LARGEST_FILE, refusedFile, type ReadDocument } from '../codec.js';
import { decodeText } from '../decode-text.js';
import { checkSet } from './check-set.js';
import type { WrittenSet } from './draft.js';
import type { X12Codes, X12Partner } from './partner.js';
import { readAcknowledgementSet } from './read-acknowledgement-set.js';
import { readInventorySet, type InventoryRow } from './read-inventory-set.js';
import { readReceipt, type GroupReceipt } from './read-receipts.js';
import { readReturnSet } from './read-return-set.js';
import { readShipmentSet } from './read-shipment-set.js';
import { acknowledgementOf, outcomeOf, type SetOutcome } from './write-acknowledgement.js';
import { writeCancellation } from './write-cancellation.js';
import { writeOrder } from './write-order.js';
import { writeReturn } from './write-return.js';

/** What is read in which group (GS01). */
const READ: Readonly<Record<string, readonly string[]>> = {
  PR: ['855'],
  SH: ['856'],
  IB: ['846'],
  AN: ['180'],
  FA: ['997', '999'],
};
/** GS01 of what is written. */
const GROUPS: Readonly<Record<string, string>> = {
  '850': 'PO',
  '855': 'PR',
  '860': 'PC',
  '180': 'AN',
  '997': 'FA',
};

/** A document that goes out by X12. */
export type X12Kind = 'order' | 'return' | 'cancellation';

/** The transaction set of one document, so that one that cannot be written stops no other. @throws AppError */
export function writeSet(kind: X12Kind, document: JsonObject, partner: X12Partner): WrittenSet {
  if (kind === 'order') return writeOrder(document, partner);
  return kind === 'return' ? writeReturn(document, partner) : writeCancellation(document, partner);
}

/**
 * A file of sets of one kind: what `writeSet` has made, or acknowledgements. The control numbers are taken by the caller, in the transaction that
 * keeps the file; the same input gives the same bytes.
 */
export function writeX12File(
  sets: readonly X12Body[],
  { envelope }: X12Partner,
  controls: X12Controls,
  time: Date,
): Buffer {
  const group = GROUPS[sets[0]?.id ?? ''] ?? '';
  return Buffer.from(writeX12(group, sets, envelope, controls, time));
}

/** What a group of a partner's says, and what is answered. */
export interface ReadGroup {
  group: X12Group;
  /** The 997 to send; null for acknowledgements, which nobody acknowledges. */
  reply: X12Body | null;
  outcomes: SetOutcome[];
  documents: ReadDocument[];
  inventory: { rows: InventoryRow[]; problems: ErrorDetail[] };
  receipts: GroupReceipt[];
}

/** @throws AppError invalid-document where the file is no X12 or breaks off: nothing of it counts then */
export function readX12File(bytes: Buffer): X12Interchange[] {
  if (bytes.length > LARGEST_FILE)
    throw refusedFile('The file is too large.', { message: 'send several files' });
  return readX12(decodeText(bytes));
}

/**
 * Reads a group by the codes of its partner. Sets that are rejected bring nothing, those beside them all that they say. Whether the
 * interchange came before is the caller's affair.
 */
export function readGroup(group: X12Group, interchangeControl: string, codes: X12Codes): ReadGroup {
  const outcomes = group.sets.map((set) => {
    const isSupported = READ[group.id]?.includes(set.id) ?? false;
    return outcomeOf(set, isSupported, isSupported ? checkSet(set, group.version) : []);
  });
  const read: ReadGroup = {
    group,
    reply: group.id === 'FA' ? null : acknowledgementOf(group, outcomes),
    outcomes,
    documents: [],
    inventory: { rows: [], problems: [] },
    receipts: [],
  };
  if (group.faults.length > 0) return read;
  for (const { set, result } of outcomes)
    if (result !== 'R') take(read, set, `${interchangeControl}-${group.control}-${set.control}`, codes);
  return read;
}

function take(read: ReadGroup, set: X12Set, name: string, codes: X12Codes): void {
  switch (set.id) {
    case '855':
      read.documents.push(readAcknowledgementSet(set, name, codes));
      return;
    case '856':
      read.documents.push(...readShipmentSet(set, codes));
      return;
    case '180':
      read.documents.push(readReturnSet(set, codes));
      return;
    case '846': {
      const { rows, problems } = readInventorySet(set, codes);
      read.inventory.rows.push(...rows);
      read.inventory.problems.push(...problems);
      return;
    }
    default: {
      const receipt = readReceipt(set);
      if (receipt) read.receipts.push(receipt);
    }
  }
}
