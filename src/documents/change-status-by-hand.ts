import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { DocumentDefinition, Performed } from './document-definition.js';
import type { DocumentHead } from './document.js';
import { changeStatus, lockDocuments } from './document-store.js';
import { wakeAll, type Waking } from './wake-effects.js';
import { statusName } from '../logicbroker/statuses.js';

export interface ByHandDeps extends Waking {
  db: Database;
}

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
  deps: ByHandDeps,
  definition: DocumentDefinition,
  { companyId, keys, to, onlyIncrease = false }: StatusByHandRequest,
): Promise<number[]> {
  const perform = definition.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(definition, to);
  await definition.byHand.prepare?.({ companyId, keys, to });
  const { done, wake } = await deps.db.transaction(async (tx): Promise<Performed> => {
    await definition.byHand.lockFirst?.(tx, { companyId, keys });
    const heads = await lockDocuments(tx, { companyId, keys });
    const wanted = heads.filter(
      (head) => head.type === definition.type && !(onlyIncrease && head.statusCode > to),
    );
    if (perform) return perform(tx, wanted, 'many');
    const movable = heads.filter(
      (head) =>
        head.type === definition.type &&
        sources.includes(head.statusCode) &&
        !definition.byHand.forbids?.(head, to),
    );
    return move(tx, definition, { companyId, to, onlyIncrease, heads: movable });
  });
  wakeAll(deps, wake);
  return done;
}

/**
 * The same for one document, where leaving it alone in silence would mislead.
 * @param check called with the locked document before anything else, for If-Match
 * @throws AppError not-found; rule-violated with what can be done instead
 */
export async function changeOneStatusByHand(
  deps: ByHandDeps,
  definition: DocumentDefinition,
  { companyId, key, to }: { companyId: number; key: number; to: number },
  check: (head: DocumentHead) => void,
): Promise<void> {
  const perform = definition.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(definition, to);
  await definition.byHand.prepare?.({ companyId, keys: [key], to });
  const { wake } = await deps.db.transaction(async (tx): Promise<Performed> => {
    await definition.byHand.lockFirst?.(tx, { companyId, keys: [key] });
    const [head] = await lockDocuments(tx, { companyId, keys: [key] });
    if (!head || head.type !== definition.type) throw noSuchDocument(definition, String(key));
    check(head);
    if (head.statusCode === to) return { done: [], wake: [] };
    const forbidden = definition.byHand.forbids?.(head, to);
    if (forbidden) throw notThisOne(definition, head, forbidden);
    if (perform) return perform(tx, [head], 'one');
    if (!sources.includes(head.statusCode)) throw notFromHere(definition, head, to);
    return move(tx, definition, { companyId, to, onlyIncrease: false, heads: [head] });
  });
  wakeAll(deps, wake);
}

export function noSuchDocument({ noun }: DocumentDefinition, key: string): AppError {
  return new AppError('not-found', `There is no ${noun.toLowerCase()} with this LogicbrokerKey.`, {
    details: [{ field: 'LogicbrokerKey', message: `${key.slice(0, 30)} is not known` }],
  });
}

async function move(
  tx: Tx,
  definition: DocumentDefinition,
  change: { companyId: number; to: number; onlyIncrease: boolean; heads: DocumentHead[] },
): Promise<Performed> {
  const { companyId, to, onlyIncrease, heads } = change;
  const moving = heads.filter(({ statusCode }) => statusCode !== to && !(onlyIncrease && statusCode > to));
  const keys = moving.map(({ key }) => key);
  const done = await changeStatus(tx, { companyId, keys, type: definition.type, to, onlyIncrease });
  const wake = done.length > 0 ? await definition.byHand.moved?.(tx, moving, to) : undefined;
  return { done, wake: wake ?? [] };
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
