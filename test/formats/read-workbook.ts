import { open } from 'node:fs/promises';
import { AppError } from '../../src/kernel/errors.js';
import { readAll } from '../../src/formats/table.js';
import { readXlsx } from '../../src/formats/xlsx-reader.js';

export interface Outcome {
  rows: number;
  /** Why the workbook was refused. */
  refused: string | null;
  /** What was thrown that is no refusal. */
  failed: string | null;
}

export async function readWorkbook(path: string): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, refused: null, failed: null };
  const file = await open(path);
  try {
    const handlers = { row: () => void outcome.rows++, problem: () => undefined };
    await readAll(readXlsx(file.fd, handlers));
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') outcome.refused = error.message;
    else outcome.failed = String(error);
  } finally {
    await file.close();
  }
  return outcome;
}
