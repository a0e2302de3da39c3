import { createHmac, timingSafeEqual } from 'node:crypto';

/** Where links of mails lead. */
export const OFF_PATH = '/alerts/off';

/** A link that switches one kind off for one recipient, good without a log-in and for nothing else. No log shows its query. */
export function offPath(recipient: { id: number; secret: string }, kind: string): string {
  return `${OFF_PATH}/${recipient.id}/${kind}?signature=${signatureOf(recipient, kind)}`;
}

export function isOffSignature(
  recipient: { id: number; secret: string },
  kind: string,
  signature: string,
): boolean {
  const [ours, theirs] = [signatureOf(recipient, kind), signature].map((text) => Buffer.from(text));
  return ours!.length === theirs!.length && timingSafeEqual(ours!, theirs!);
}

function signatureOf({ id, secret }: { id: number; secret: string }, kind: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['off', id, kind]))
    .digest('base64url');
}
