/** A file on its way to a seller, without its bytes. */
export interface Delivery {
  id: bigint;
  companyId: number;
  connectionId: number | null;
  profile: string;
  channel: string;
  format: string;
  kind: string;
  documentKey: number | null;
  documentVersion: number | null;
  fileName: string;
  state: string;
  bytes: number;
  sha256: string | null;
  interchangeControl: number | null;
  groupControl: number | null;
  groupId: string | null;
  partner: string | null;
  attempts: number;
  nextAt: Date | null;
  lastError: string | null;
  failingSince: Date | null;
  sentAt: Date | null;
  answeredAt: Date | null;
  createdAt: Date;
}
