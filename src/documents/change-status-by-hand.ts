import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { AfterCommit, DocumentDefinition } from './document-definition.js';
import type { DocumentHead } from './document.js';
import { changeStatus, lockDocuments } from './document-store.js';
import { statusName } from '../logicbroker/statuses.js';

export interface StatusByHandRequest {
  companyId: number;
  keys: number[];
  to: number;
  onlyIncrease?: boolean;
}

/**
 * A caller moves documents to a status. Documents that are not there, or whose status may not be left for this one, are
 * left alone.
 * @returns keys that changed, ascending
 * @throws AppError rule-violated when callers may never set this status
 */
export async function changeStatusByHand(
  db: Database,
  definition: DocumentDefinition,
  { companyId, keys, to, onlyIncrease = false }: StatusByHandRequest,
): Promise<number[]> {
  const perform = definition.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(definition, to);
  await definition.byHand.prepare?.({ companyId, keys, to });
  const { changed, after } = await db.transaction(async (tx): Promise<Moved> => {
    await definition.byHand.lockFirst?.(tx, { companyId, keys });
    const heads = await lockDocuments(tx, { companyId, keys });
    const wanted = heads.filter(
      (head) => head.type === definition.type && !(onlyIncrease && head.statusCode > to),
    );
    if (perform) return { changed: await perform(tx, wanted, 'many'), after: undefined };
    const movable = heads.filter(
      (head) =>
        head.type === definition.type &&
        sources.includes(head.statusCode) &&
        !definition.byHand.forbids?.(head, to),
    );
    return move(tx, definition, { companyId, to, onlyIncrease, heads: movable });
  });
  after?.();
  return changed;
}

/**
 * The same for one document, where leaving it alone in silence would mislead.
 * @param check called with the locked document before anything else, for If-Match
 * @throws AppError not-found; rule-violated with what can be done instead
 */
export async function changeOneStatusByHand(
  db: Database,
  definition: DocumentDefinition,
  { companyId, key, to }: { companyId: number; key: number; to: number },
  check: (head: DocumentHead) => void,
): Promise<void> {
  const perform = definition.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(definition, to);
  await definition.byHand.prepare?.({ companyId, keys: [key], to });
  const moved = await db.transaction(async (tx) => {
    await definition.byHand.lockFirst?.(tx, { companyId, keys: [key] });
    const [head] = await lockDocuments(tx, { companyId, keys: [key] });
    if (!head || head.type !== definition.type) throw noSuchDocument(definition, String(key));
    check(head);
    if (head.statusCode === to) return null;
    const forbidden = definition.byHand.forbids?.(head, to);
    if (forbidden) throw notThisOne(definition, head, forbidden);
    if (perform) {
      await perform(tx, [head], 'one');
      return null;
    }
    if (!sources.includes(head.statusCode)) throw notFromHere(definition, head, to);
    return move(tx, definition, { companyId, to, onlyIncrease: false, heads: [head] });
  });
  moved?.after?.();
}

export function noSuchDocument({ noun }: DocumentDefinition, key: string): AppError {
  return new AppError('not-found', `There is no ${noun.toLowerCase()} with this LogicbrokerKey.`, {
    details: [{ field: 'LogicbrokerKey', message: `${key.slice(0, 30)} is not known` }],
  });
}

interface Moved {
  changed: number[];
  after: AfterCommit | void;
}

async function move(
  tx: Tx,
  definition: DocumentDefinition,
  change: { companyId: number; to: number; onlyIncrease: boolean; heads: DocumentHead[] },
): Promise<Moved> {
  const { companyId, to, onlyIncrease, heads } = change;
  const moving = heads.filter(({ statusCode }) => statusCode !== to && !(onlyIncrease && statusCode > to));
  const keys = moving.map(({ key }) => key);
  const changed = await changeStatus(tx, { companyId, keys, type: definition.type, to, onlyIncrease });
  const after = changed.length > 0 ? await definition.byHand.moved?.(tx, moving, to) : undefined;
  return { changed, after };
}

function sourcesOf({ type, noun, byHand }: DocumentDefinition, to: number): readonly number[] {
  const sources = byHand.moves[to];
  if (sources) return sources;
  const name = statusName(type, to);
  const reachable = [...Object.keys(byHand.moves), ...Object.keys(byHand.perform ?? {})];
  const allowed = reachable.map((code) => `${code} ${statusName(type, Number(code))}`);
  throw new AppError('rule-violated', `The status ${name} cannot be set by hand.`, {
    details: [
      {
        field: 'Status',
        message: byHand.refusals[to] ?? `${noun}s reach ${name} by themselves`,
        next: `By hand: ${allowed.join(', ')}`,
      },
    ],
  });
}

function notFromHere({ type, noun }: DocumentDefinition, { statusCode }: DocumentHead, to: number): AppError {
  const now = statusName(type, statusCode);
  return new AppError('rule-violated', `The ${noun.toLowerCase()} is ${now}.`, {
    details: [{ field: 'Status', message: `${now} cannot be changed to ${statusName(type, to)} by hand` }],
  });
}

function notThisOne({ noun }: DocumentDefinition, { key }: DocumentHead, message: string): AppError {
  return new AppError('rule-violated', `The status of ${noun.toLowerCase()} ${key} cannot be changed so.`, {
    details: [{ field: 'Status', message }],
  });
}
