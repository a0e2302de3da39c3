import { messageOf } from '../../kernel/errors.js';
import { isDataError } from '../../store/database.js';

/** How a list of items is stored. */
interface TakeItems<T> {
  /** Stores all of them in one transaction. */
  together(items: readonly T[]): Promise<void>;
  /** Stores one of them; left out: `together`, with this one alone. */
  alone?(item: T): Promise<void>;
  /** Called for an item that cannot be stored. */
  refused(item: T, error: unknown): void;
}

/**
 * Stores items together; when a value of one of them cannot be stored, one by one, so that only that one is left out.
 * @returns the items that were left out; null when all were stored together
 * @throws whatever is not the fault of one item, such as a lost lease or a store that cannot be reached
 */
export async function takeItems<T>(items: readonly T[], take: TakeItems<T>): Promise<T[] | null> {
  try {
    await take.together(items);
    return null;
  } catch (error) {
    if (!concernsOne(error)) throw error;
  }
  const refused: T[] = [];
  for (const item of items) {
    try {
      await (take.alone ? take.alone(item) : take.together([item]));
    } catch (error) {
      if (!concernsOne(error)) throw error;
      take.refused(item, error);
      refused.push(item);
    }
  }
  return refused;
}

/** A value out of range: an amount, or a time that is none. Only the item that holds it cannot be stored. */
function concernsOne(error: unknown): boolean {
  return isDataError(error) || error instanceof RangeError || messageOf(error).startsWith('[DecimalError]');
}
