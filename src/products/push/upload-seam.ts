import type { ActiveConnection } from '../../connections/connection.js';
import type { ProductFinding } from '../checks/product-finding.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';

type UploadResult =
  | { uri: string }
  /** For good, until the address or what is behind it changes. */
  | { refused: ProductFinding }
  /** Its server, or TikTok, cannot do it just now. */
  | { later: { reason: string; afterMs: number } };

/** Sees to it that TikTok has these pictures. @returns by `uploadKey` */
export type EnsureUploads = (
  connection: ActiveConnection,
  uploads: readonly PlannedUpload[],
) => Promise<ReadonlyMap<string, UploadResult>>;

export function keyOfUpload({ url, useCase }: PlannedUpload): string {
  return `${useCase} ${url}`;
}
