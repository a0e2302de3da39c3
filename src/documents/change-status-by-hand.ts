import type { Actor } from '../companies/actor.js';
import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { DocumentKind, Performed } from './document-kind.js';
import type { DocumentHead } from './document.js';
import { changeStatus, lockDocuments } from './document-store.js';
import { wakeAll, type Waking } from './wake-effects.js';
import { documentNoun, documentPath, type DocumentType } from '../logicbroker/document-types.js';
import { statusName } from '../logicbroker/statuses.js';

interface ByHandDeps extends Waking {
  db: Database;
}

/** An ERP with its key, or a person who works with one company's documents. */
export type CompanyActor = Actor & { companyId: number };

interface StatusByHandRequest {
  /** Who moves them; only documents of this caller's company are there. */
  by: CompanyActor;
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
  kind: DocumentKind,
  { by, keys, to, onlyIncrease = false }: StatusByHandRequest,
): Promise<number[]> {
  const { companyId } = by;
  const perform = kind.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(kind, to);
  await kind.byHand.prepare?.({ companyId, keys, to, by });
  const { done, wake } = await deps.db.transaction(async (tx): Promise<Performed> => {
    await kind.byHand.lockFirst?.(tx, { companyId, keys });
    const heads = await lockDocuments(tx, { companyId, keys });
    const wanted = heads.filter((head) => head.type === kind.type && !(onlyIncrease && head.statusCode > to));
    if (perform) return perform(tx, wanted, { mode: 'many', by });
    const movable = heads.filter(
      (head) =>
        head.type === kind.type && sources.includes(head.statusCode) && !kind.byHand.forbids?.(head, to),
    );
    return move(tx, kind, { by, to, onlyIncrease, heads: movable });
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
  kind: DocumentKind,
  { by, key, to }: { by: CompanyActor; key: number; to: number },
  check: (head: DocumentHead) => void,
): Promise<void> {
  const { companyId } = by;
  const perform = kind.byHand.perform?.[to];
  const sources = perform ? [] : sourcesOf(kind, to);
  await kind.byHand.prepare?.({ companyId, keys: [key], to, by });
  const { wake } = await deps.db.transaction(async (tx): Promise<Performed> => {
    await kind.byHand.lockFirst?.(tx, { companyId, keys: [key] });
    const [head] = await lockDocuments(tx, { companyId, keys: [key] });
    if (!head || head.type !== kind.type) throw noSuchDocument(kind.type, String(key));
    check(head);
    if (head.statusCode === to) return { done: [], wake: [] };
    const forbidden = kind.byHand.forbids?.(head, to);
    if (forbidden) throw notThisOne(kind, head, forbidden);
    if (perform) return perform(tx, [head], { mode: 'one', by });
    if (!sources.includes(head.statusCode)) throw notFromHere(kind, head, to);
    return move(tx, kind, { by, to, onlyIncrease: false, heads: [head] });
  });
  wakeAll(deps, wake);
}

export function noSuchDocument(type: DocumentType, key: string): AppError {
  return new AppError('not-found', `There is no ${documentNoun(type)} with this LogicbrokerKey.`, {
    details: [{ field: 'LogicbrokerKey', message: `${key.slice(0, 30)} is not known` }],
  });
}

async function move(
  tx: Tx,
  kind: DocumentKind,
  change: { by: CompanyActor; to: number; onlyIncrease: boolean; heads: DocumentHead[] },
): Promise<Performed> {
  const { by, to, onlyIncrease, heads } = change;
  const { companyId } = by;
  const moving = heads.filter(({ statusCode }) => statusCode !== to && !(onlyIncrease && statusCode > to));
  const keys = moving.map(({ key }) => key);
  const done = await changeStatus(tx, { companyId, keys, type: kind.type, to, onlyIncrease, by });
  const wake = done.length > 0 ? await kind.byHand.moved?.(tx, moving, to, by) : undefined;
  return { done, wake: wake ?? [] };
}

function sourcesOf({ type, byHand }: DocumentKind, to: number): readonly number[] {
  const sources = byHand.moves[to];
  if (sources) return sources;
  const name = statusName(type, to);
  const reachable = [...Object.keys(byHand.moves), ...Object.keys(byHand.perform ?? {})];
  const allowed = reachable.map((code) => `${code} ${statusName(type, Number(code))}`);
  throw new AppError('rule-violated', `The status ${name} cannot be set by hand.`, {
    details: [
      {
        field: 'Status',
        message: byHand.refusals[to] ?? `${documentPath(type)} reach ${name} by themselves`,
        next: allowed.length > 0 ? `By hand: ${allowed.join(', ')}` : 'Nothing to do.',
      },
    ],
  });
}

function notFromHere({ type }: DocumentKind, { statusCode }: DocumentHead, to: number): AppError {
  const now = statusName(type, statusCode);
  return new AppError('rule-violated', `The ${documentNoun(type)} is ${now}.`, {
    details: [{ field: 'Status', message: `${now} cannot be changed to ${statusName(type, to)} by hand` }],
  });
}

function notThisOne({ type }: DocumentKind, { key }: DocumentHead, message: string): AppError {
  return new AppError(
    'rule-violated',
    `The status of ${documentNoun(type)} ${key} cannot be changed to this.`,
    {
      details: [{ field: 'Status', message }],
    },
  );
}
