import type { KnownUpload } from './media-store.js';

/** What TikTok has of an image or document. */
export interface ReadyUpload {
  /** What a product names; of a file its id. */
  uri: string;
  /** Where TikTok serves it: descriptions name this one. */
  url: string;
  /** In pixels, as TikTok serves it; 0 of a file. */
  width: number;
  height: number;
  /** Of a document that is no image: what a certificate names beside the id. */
  file: { name: string; format: string } | null;
  /** SHA-256 in hex. */
  contentHash: string;
  /** Why the address could not be looked at anew; what it held before stays. */
  stale: string | null;
}

/** An upload that has ended, as `sendMedia` answered it; null for one that was refused. */
export function readyUpload(
  { uri, answer, contentHash }: Pick<KnownUpload, 'uri' | 'answer' | 'contentHash'>,
  stale: string | null,
): ReadyUpload | null {
  if (uri === null) return null;
  // Written by settleUpload only.
  return { ...(answer as unknown as Omit<ReadyUpload, 'uri'>), uri, contentHash, stale };
}
