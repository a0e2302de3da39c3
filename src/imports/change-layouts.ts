import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import type { FeedKind } from './feed-kind.js';
import { squeezed } from './header.js';
import { findKind, type ImportDeps } from './import-deps.js';
import {
  fieldMeant,
  layoutId,
  readLayoutId,
  renamedHeaders,
  type Layout,
  type LayoutMapping,
} from './file-layout.js';
import { countConfirmed, deleteLayout, lockLayout, writeConfirmed } from './layout-store.js';
import { createNumbers } from './numbers.js';

/** Of a company; whoever has more has a header that changes with each file. */
const MOST_LAYOUTS = 500;

interface Change {
  companyId: number;
  by: Actor;
  /** As the API names it. */
  id: string;
}

/**
 * Says what the columns of a header mean, for all files that come from now on. Columns that are left out mean what was proposed
 * or said before; a field that is given to another column is taken from the former one.
 * @throws AppError not-found; invalid-document for columns and fields that there are not, and for what makes no file
 */
export async function confirmLayout(
  deps: ImportDeps,
  { companyId, by, id }: Change,
  given: LayoutMapping,
): Promise<Layout> {
  allow(by, 'settings', companyId);
  return deps.db.transaction(async (tx) => {
    const layout = await lock(tx, companyId, id);
    const kind = findKind(deps, layout.feedKind);
    if (!kind?.fields) throw noSuchLayout();
    const mapping = merged(kind, layout, given);
    tryOut(kind, layout, mapping);
    if (!layout.confirmedAt && (await countConfirmed(tx, companyId)) >= MOST_LAYOUTS)
      throw new AppError('rule-violated', `You have ${MOST_LAYOUTS} layouts, which is the most.`);
    const confirmed = { ...layout, mapping, confirmedAt: deps.clock.now(), confirmedBy: by.name };
    await writeConfirmed(tx, confirmed);
    const meant = Object.entries(mapping).flatMap(([column, field]) =>
      field === null ? [] : [`${column} = ${field}`],
    );
    await recordEvents(tx, by, [
      {
        companyId,
        event: 'layout-changed',
        summary: `Files of the layout ${layoutId(layout)} are read from now on`,
        details: meant.join(', ').slice(0, 2_000),
        additional: { layout: layoutId(layout) },
      },
    ]);
    await audit(tx, by, [
      {
        action: 'layout.confirmed',
        subject: `layout ${layoutId(layout)}`,
        companyId,
        before: layout.confirmedAt ? { mapping: layout.mapping } : undefined,
        after: { mapping },
      },
    ]);
    return confirmed;
  });
}

/** Files with its header are asked about again. @throws AppError not-found */
export async function removeLayout(
  { db }: Pick<ImportDeps, 'db'>,
  { companyId, by, id }: Change,
): Promise<void> {
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    const layout = await lock(tx, companyId, id);
    await deleteLayout(tx, layout);
    const summary = `The layout ${layoutId(layout)} was removed`;
    await recordEvents(tx, by, [
      { companyId, event: 'layout-changed', summary, additional: { layout: layoutId(layout) } },
    ]);
    const subject = `layout ${layoutId(layout)}`;
    await audit(tx, by, [
      { action: 'layout.removed', subject, companyId, before: { mapping: layout.mapping } },
    ]);
  });
}

async function lock(tx: Tx, companyId: number, id: string): Promise<Layout> {
  const key = readLayoutId(id);
  const layout = key && (await lockLayout(tx, { companyId, ...key }));
  if (!layout) throw noSuchLayout();
  return layout;
}

function merged(
  { fields = [] }: FeedKind,
  { columns, mapping }: Layout,
  given: LayoutMapping,
): LayoutMapping {
  const names = new Map(columns.map((name) => [squeezed(name), name]));
  const details: ErrorDetail[] = [];
  const said = new Map<string, string | null>();
  for (const [text, meaning] of Object.entries(given)) {
    const column = names.get(squeezed(text));
    const field = meaning === null || meaning.trim() === '' ? null : fieldMeant(fields, meaning);
    if (column === undefined)
      details.push({
        field: `Columns.${text}`,
        message: 'is no column of this layout',
        next: `It has ${columns.join(', ')}`,
      });
    else if (field === null && meaning !== null && meaning.trim() !== '')
      details.push({
        field: `Columns.${text}`,
        message: `${meaning} is no field`,
        next: `Fields are ${namesOf(fields)}`,
      });
    else if (field !== null && [...said.values()].includes(field))
      details.push({ field: `Columns.${text}`, message: `${field} is given to two columns` });
    else said.set(column, field);
  }
  if (details.length > 0) throw new AppError('invalid-document', 'The layout is not valid.', { details });
  const taken = new Set(said.values());
  return Object.fromEntries(
    columns.map((name) => {
      const before = mapping[name] ?? null;
      return [name, said.has(name) ? said.get(name)! : taken.has(before) ? null : before];
    }),
  );
}

/** Whether the kind can read such a file at all. */
function tryOut(kind: FeedKind, { columns }: Layout, mapping: LayoutMapping): void {
  const options = { caseSensitive: false, names: [], bytes: 0, numbers: createNumbers() };
  kind.openTable(renamedHeaders(columns, mapping), {
    ...options,
    report: () => undefined,
    write: () => undefined,
  });
}

function namesOf(fields: NonNullable<FeedKind['fields']>): string {
  return fields.map(({ name, ofEach }) => (ofEach ? `${name} NAME` : name)).join(', ');
}

function noSuchLayout(): AppError {
  return new AppError('not-found', 'There is no such layout.', {
    details: [
      {
        field: 'LayoutId',
        message: 'is not known',
        next: 'Send a file with these columns: its answer, and GET Layouts, name the layout',
      },
    ],
  });
}
