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
  const name = (file.fileName ?? 'file').replaceAll(/[^\w.-]/g, '_').slice(0, 100);
  const text = [
    `${file.fileName ?? 'The file'}: ${lines.length - bad.length} of ${lines.length} documents were taken.`,
    ...(reason === null ? [] : [reason]),
    ...bad.map(({ Type, Number: number, Errors = [] }) => `${Type} ${number ?? ''}: ${Errors.join(' ')}`),
  ];
  await insertDelivery(tx, {
    companyId: file.companyId,
    connectionId: null,
    profile: '',
    channel: 'sftp',
    format: 'errors',
    kind: 'errors',
    document: null,
    fileName: `${name}.${file.id}.txt`,
    state: 'waiting',
    content: Buffer.from(`${text.join('\r\n')}\r\n`),
    x12: null,
    failure: null,
    now,
  });
}
