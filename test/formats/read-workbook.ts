import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../src/kernel/errors.js';
import { readAll } from '../../src/formats/table.js';
import { readXlsx } from '../../src/formats/xlsx-reader.js';
import type { ByteRanges } from '../../src/formats/zip-file.js';

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
    await readAll(readXlsx(await rangesOf(file), handlers));
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-document') outcome.refused = error.message;
    else outcome.failed = String(error);
  } finally {
    await file.close();
  }
  return outcome;
}

export async function rangesOf(file: FileHandle): Promise<ByteRanges> {
  return {
    bytes: (await file.stat()).size,
    pieces: (start, end) => file.createReadStream({ start, end: end - 1, autoClose: false }),
  };
}
