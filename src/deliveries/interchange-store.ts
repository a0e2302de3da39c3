import type { Tx } from '../store/database.js';

interface Claim {
  companyId: number;
  /** ISA05 and ISA06. */
  sender: string;
  control: number;
  sha256: string;
  fileId: number;
  now: Date;
}

/**
 * Notes an interchange for the file that it came in, before anything of it is applied. @returns `new`: it is this file's, also when it was read once before;
 * `same`, `other`: the number came before in another file, with the same content or another
 */
export async function claimInterchange(
  tx: Tx,
  { companyId, sender, control, sha256, fileId, now }: Claim,
): Promise<'new' | 'same' | 'other'> {
  await tx.$executeRaw`
    INSERT INTO x12_interchanges (company_id, sender, control, sha256, file_id, received_at)
    VALUES (${companyId}, ${sender}, ${control}, ${sha256}, ${fileId}, ${now}) ON CONFLICT DO NOTHING`;
  const known = await tx.x12Interchange.findUniqueOrThrow({
    where: { companyId_sender_control: { companyId, sender, control } },
  });
  if (known.sha256 !== sha256) return 'other';
  return known.fileId === fileId ? 'new' : 'same';
}
