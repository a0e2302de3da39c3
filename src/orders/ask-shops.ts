import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';

/** A shop that could not be asked, and why; a clear no of TikTok's is an answer. */
interface Unasked {
  connection: Connection;
  error: AppError;
}

/**
 * Asks shop after shop until one has the order: one that cannot be asked must not hide what another one has.
 * @param ask null: the shop does not have it
 */
export async function askShops<Answer>(
  connections: readonly Connection[],
  ask: (connectionId: number) => Promise<Answer | null>,
): Promise<{ answer: Answer | null; unasked: Unasked[] }> {
  const unasked: Unasked[] = [];
  for (const connection of connections) {
    try {
      const answer = await ask(connection.id);
      if (answer !== null) return { answer, unasked };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'tiktok-refused') unasked.push({ connection, error });
    }
  }
  return { answer: null, unasked };
}
