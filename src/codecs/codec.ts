import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { FileKind } from './document-shape.js';

/** A document of a file, in the words of the JSON API: it goes the way of a document that was posted. */
export interface ReadDocument {
  kind: FileKind;
  document: JsonObject;
  /** What cannot be read of it. A document with any is not taken; its neighbours are. */
  problems: ErrorDetail[];
  /** Puts a finding about the document, whose field is a path of JSON, into the terms of the file. */
  placed(detail: ErrorDetail): ErrorDetail;
}

export interface ReadFile {
  documents: ReadDocument[];
  /** About parts of the file that belong to no document that can be told. */
  problems: ErrorDetail[];
}

/**
 * A format: documents to bytes, bytes to documents. It knows no channel, no database and no rule of the business.
 * Documents to write are JSON as they are stored.
 */
export interface Codec {
  mediaType: string;
  /** Of a file's name, without the point. */
  extension: string;
  write(kind: FileKind, documents: readonly string[]): Buffer;
  /**
   * @param kind what the file is said to hold; some formats say it themselves
   * @throws AppError invalid-document where the file cannot be read: nothing of it counts then
   */
  read(kind: FileKind, bytes: Buffer): Promise<ReadFile>;
}

/** What every reader takes at most; channels have smaller limits of their own. */
export const LARGEST_FILE = 64 * 1_048_576;

export function refusedFile(message: string, detail: ErrorDetail): AppError {
  return new AppError('invalid-document', message, { details: [detail] });
}
