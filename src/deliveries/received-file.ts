import type { FileKind } from '../codecs/document-shape.js';
import type { DeliveryProfile } from '../companies/delivery-profile.js';

/** In which a file of documents comes. */
export type FileFormat = DeliveryProfile['format'];

/** What a file is said to hold; `x12`: its sets say it. */
export type FileContents = FileKind | 'x12';

export type FileState =
  'created' | 'received' | 'taken' | 'partly-taken' | 'refused' | 'tried' | 'duplicate' | 'held';

/** What became of one document of a file, as answers say it. */
export interface FileLine {
  Type: string;
  Number?: string;
  LogicbrokerKey?: string;
  Errors?: string[];
}

/** A file of documents that a seller has sent, without its bytes. */
export interface ReceivedFile {
  id: number;
  companyId: number;
  kind: FileContents;
  via: string;
  format: FileFormat;
  fileName: string | null;
  state: FileState;
  dryRun: boolean;
  columns: Record<string, string>;
  bytes: number;
  documents: number;
  taken: number;
  refused: number;
  results: FileLine[];
  reason: string | null;
  receivedAt: Date;
  finishedAt: Date | null;
}
