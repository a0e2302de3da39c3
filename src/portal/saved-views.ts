import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';

/** A view of a list that somebody has kept. */
interface SavedView {
  id: number;
  name: string;
  query: string;
}

interface ListOf {
  operatorId: number;
  path: string;
}

const MOST_VIEWS = 30;
const LONGEST_NAME = 60;

/** A person's views of one list, by name. */
export async function savedViews(tx: Tx, { operatorId, path }: ListOf): Promise<SavedView[]> {
  return tx.portalView.findMany({
    where: { operatorId, path },
    select: { id: true, name: true, query: true },
    orderBy: { name: 'asc' },
  });
}

/**
 * Keeps a view; one of the same name is replaced.
 * @param view.query as the list itself reads it
 * @throws AppError invalid-request for a name that is none; rule-violated at the limit
 */
export async function saveView(
  tx: Tx,
  { operatorId, path, name, query }: ListOf & { name: string; query: string },
): Promise<void> {
  if (name === '' || name.length > LONGEST_NAME)
    throw new AppError('invalid-request', `Give the view a name of at most ${LONGEST_NAME} characters.`);
  const which = { operatorId_path_name: { operatorId, path, name } };
  const known = await tx.portalView.findUnique({ where: which, select: { id: true } });
  if (!known && (await tx.portalView.count({ where: { operatorId, path } })) >= MOST_VIEWS)
    throw new AppError('rule-violated', `You have ${MOST_VIEWS} views of this list, which is the most.`);
  await tx.portalView.upsert({
    where: which,
    create: { operatorId, path, name, query },
    update: { query },
  });
}

/** @returns the list that it was of; null: this person has none of that number */
export async function removeView(
  tx: Tx,
  { operatorId, id }: { operatorId: number; id: number },
): Promise<string | null> {
  const found = await tx.portalView.findFirst({ where: { id, operatorId }, select: { path: true } });
  await tx.portalView.deleteMany({ where: { id, operatorId } });
  return found?.path ?? null;
}
