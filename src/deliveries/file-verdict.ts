import { fileShapes, type FileKind } from '../codecs/document-shape.js';
import type { FileOutcome, TakeFileDeps } from '../documents/take-file.js';
import type { Waking } from '../documents/wake-effects.js';
import { findingsOf } from '../http/error-handler.js';
import type { ImportDeps } from '../imports/import-deps.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { DeliveryDeps } from './prepare-deliveries.js';
import type { FileLine, FileState } from './received-file.js';

/** What reading a file takes. */
export interface ReadFileDeps extends DeliveryDeps, TakeFileDeps, Waking {
  /** The kinds over a store that forgets what they do: for a dry run. */
  trialKinds: TakeFileDeps['kinds'];
  imports: ImportDeps;
}

/** What a file said, before it is written down. */
export interface FileVerdict {
  state: FileState;
  lines: FileLine[];
  reason: string | null;
}

export function stateOf(lines: readonly FileLine[]): FileState {
  const bad = lines.filter(({ Errors }) => Errors !== undefined).length;
  if (bad === 0) return lines.length === 0 ? 'refused' : 'taken';
  return bad === lines.length ? 'refused' : 'partly-taken';
}

/** One document of a file as reports and answers say it. */
export function lineOf({ kind, number, result }: FileOutcome): FileLine {
  const named = { Type: fileShapes[kind].name, ...(number !== null && { Number: number }) };
  if ('error' in result) return { ...named, ...findingsOf(result.error) };
  return { ...named, LogicbrokerKey: String(result.key) };
}

/** What is wrong with parts of a file that belong to no document. */
export function problemLines(kind: FileKind, problems: readonly ErrorDetail[]): FileLine[] {
  return problems.map((detail) => ({
    Type: fileShapes[kind].name,
    ...findingsOf(new AppError('invalid-document', '', { details: [detail] })),
  }));
}
