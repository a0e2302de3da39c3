import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { Delimiter } from '../formats/csv-reader.js';
import type { FileKind } from './document-shape.js';
import type { WrittenColumn } from './write-table.js';

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

/** Path of the API by the name that a column of a file has, in any case. */
export type ColumnNames = Readonly<Record<string, string>>;

type StreamDocuments = (
  kind: FileKind,
  pages: () => AsyncIterable<readonly string[]>,
  options: TableOptions,
) => AsyncIterable<string>;

/** What only tables know. */
export interface TableOptions {
  /** In their order; null: those that the documents fill, in the order of the API. */
  columns: readonly WrittenColumn[] | null;
  delimiter: Delimiter;
}

/**
 * A format: documents to bytes, bytes to documents. It knows no channel, no database and no rule of the business.
 * Documents to write are JSON as they are stored.
 */
export interface Codec {
  mediaType: string;
  /** Of a file's name, without the point. */
  extension: string;
  /** @param columns of a table; those that the documents fill when null or left out */
  write(kind: FileKind, documents: readonly string[], columns?: readonly WrittenColumn[] | null): Buffer;
  /**
   * The same in pieces, for more documents than memory holds; null: this format is written as a whole. The pages are walked twice
   * where the head of a file names what is in it.
   */
  stream: StreamDocuments | null;
  /**
   * @param kind what the file is said to hold; some formats say it themselves
   * @param columns of a table that have names of their own, with the path that each is
   * @throws AppError invalid-document where the file cannot be read: nothing of it counts then
   */
  read(kind: FileKind, bytes: Buffer, columns?: ColumnNames): Promise<ReadFile>;
}

/** What every reader takes at most; channels have smaller limits of their own. */
export const LARGEST_FILE = 64 * 1_048_576;

export function refusedFile(message: string, detail: ErrorDetail): AppError {
  return new AppError('invalid-document', message, { details: [detail] });
}
