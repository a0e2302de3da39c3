import type { Tx } from '../store/database.js';
import { insertDelivery } from './delivery-store.js';
import type { FileVerdict } from './file-verdict.js';
import type { ReceivedFile } from './received-file.js';

/** Puts what is wrong with a file that came by SFTP where its sender looks: a text in Outbound/Errors, until it is removed. */
export async function tellSender(
  tx: Tx,
  { file, verdict, now }: { file: ReceivedFile; verdict: FileVerdict; now: Date },
): Promise<void> {
  const { lines, reason, state } = verdict;
  const bad = lines.filter(({ Errors }) => Errors !== undefined);
  if (file.via !== 'sftp' || (bad.length === 0 && reason === null) || state === 'duplicate') return;
  const text = [
    `${file.fileName ?? 'The file'}: ${lines.length - bad.length} of ${lines.length} documents were taken.`,
    ...(reason === null ? [] : [reason]),
    ...bad.map(({ Type, Number: number, Errors = [] }) => `${Type} ${number ?? ''}: ${Errors.join(' ')}`),
  ];
  const { companyId, fileName, format, id } = file;
  await leaveError(tx, { companyId, of: format, fileName: `${fileName ?? 'file'}.${id}.txt`, text, now });
}

/** @param error.of in whose folder it lies: a format, or the code of a feed kind */
export async function leaveError(
  tx: Tx,
  error: { companyId: number; of: string; fileName: string; text: readonly string[]; now: Date },
): Promise<void> {
  await insertDelivery(tx, {
    companyId: error.companyId,
    connectionId: null,
    profile: error.of,
    channel: 'sftp',
    format: 'errors',
    kind: 'errors',
    document: null,
    fileName: error.fileName.replaceAll(/[^\w.-]/g, '_').slice(-120),
    state: 'waiting',
    content: Buffer.from(`${error.text.join('\r\n')}\r\n`),
    x12: null,
    failure: null,
    now: error.now,
  });
}
