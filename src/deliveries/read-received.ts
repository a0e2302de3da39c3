import { codecs } from '../codecs/codecs.js';
import type { ReadFile } from '../codecs/codec.js';
import type { FileKind } from '../codecs/document-shape.js';
import type { Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import { takeFile } from '../documents/take-file.js';
import { findingsOf } from '../http/error-handler.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import type { Tx } from '../store/database.js';
import { lineOf, problemLines, stateOf, type FileVerdict, type ReadFileDeps } from './file-verdict.js';
import type { ReceivedFile } from './received-file.js';
import { claimFile, dueFiles, findFile, finishFile } from './received-file-store.js';
import { tellSender } from './tell-sender.js';
import { takeX12File } from './take-x12.js';

/** A reader has a file for so long; after that another one may. */
const READING_MS = 10 * MINUTE_MS;
/** A file that ends its process each time it is read must not do so for ever. */
const MOST_ATTEMPTS = 5;

/**
 * Reads a file that was received and takes what is in it. Read twice, after a crash in between, it is the same: documents that were taken are known.
 * @returns the file as it is then; null where somebody else reads it
 */
export async function readReceived(deps: ReadFileDeps, id: number): Promise<ReceivedFile | null> {
  const claimed = await claimFile(deps.db.prisma, { id, now: deps.clock.now(), forMs: READING_MS });
  if (!claimed) return null;
  const { file, bytes, attempts, by } = claimed;
  const verdict =
    attempts > MOST_ATTEMPTS
      ? refusedAs(
          `The service failed each of ${MOST_ATTEMPTS} times that it read this file; the log says why.`,
        )
      : await verdictOf(deps, file, bytes, by);
  await deps.db.transaction(async (tx) => {
    await finishFile(tx, { id, ...verdict, now: deps.clock.now() });
    await announce(tx, by, file, verdict);
    await tellSender(tx, { file, verdict, now: deps.clock.now() });
  });
  return findFile(deps.db.prisma, { companyId: file.companyId, id });
}

/** Reads files whose reader has ended. @returns how many */
export async function readDueFiles(deps: ReadFileDeps): Promise<number> {
  const ids = await dueFiles(deps.db.prisma, deps.clock.now());
  for (const id of ids)
    await readReceived(deps, id).catch((error: unknown) => {
      deps.log.warn({ fileId: id, reason: messageOf(error) }, 'a received file was not read');
    });
  return ids.length;
}

async function verdictOf(
  deps: ReadFileDeps,
  file: ReceivedFile,
  bytes: Buffer,
  by: Actor,
): Promise<FileVerdict> {
  try {
    if (file.kind === 'x12') return await takeX12File(deps, { file, bytes, by });
    if (file.format === 'x12')
      throw new AppError('invalid-document', 'The file is X12, and comes by POST EDI.', {
        details: [
          { message: 'it begins with ISA', next: 'Send it there, or as CSV, XLSX, XML or JSON here' },
        ],
      });
    const read = await codecs[file.format].read(file.kind, bytes, file.columns);
    return await takeRead(deps, { file, read, kind: file.kind, by });
  } catch (error) {
    if (!(error instanceof AppError) || error.retry === 'later') throw error;
    return refusedAs(sentencesOf(error).join(' '));
  }
}

async function takeRead(
  deps: ReadFileDeps,
  { file, read, kind, by }: { file: ReceivedFile; read: ReadFile; kind: FileKind; by: Actor },
): Promise<FileVerdict> {
  const { companyId, dryRun } = file;
  const kinds = dryRun ? deps.trialKinds : deps.kinds;
  const outcomes = await takeFile({ ...deps, kinds }, { companyId, by }, read.documents);
  const lines = [...outcomes.map(lineOf), ...problemLines(kind, read.problems)];
  const reason = lines.length === 0 ? 'The file holds no document.' : null;
  return { state: dryRun ? 'tried' : stateOf(lines), lines, reason };
}

function refusedAs(reason: string): FileVerdict {
  return { state: 'refused', lines: [], reason };
}

function sentencesOf(error: AppError): string[] {
  const { Errors } = findingsOf(error);
  return [error.message, ...Errors.filter((each) => each !== error.message)];
}

async function announce(
  tx: Tx,
  by: Actor,
  file: ReceivedFile,
  { state, lines, reason }: FileVerdict,
): Promise<void> {
  if (file.dryRun || state === 'held') return;
  const bad = lines.filter(({ Errors }) => Errors !== undefined);
  const isGood = bad.length === 0 && reason === null;
  const count = `${lines.length - bad.length} of ${lines.length} documents were taken`;
  await recordEvents(tx, by, [
    {
      companyId: file.companyId,
      event: isGood || state === 'duplicate' ? 'file-taken' : 'file-refused',
      summary: `File ${file.id} (${file.format}, ${file.via}): ${reason === null ? count : 'nothing was taken'}.`,
      ...(!isGood && { details: reason ?? `See what is wrong with GET Imports/${file.id}/Errors.` }),
    },
  ]);
}
