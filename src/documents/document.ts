import type { DocumentType } from '../logicbroker/document-types.js';

export const LARGEST_INT32 = 2_147_483_647;

/** The LogicbrokerKey that a caller has written; null when no document can have it. */
export function readKey(text: string): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_INT32 ? Number(text) : null;
}

/** What the columns of a document say; its content is the rendered text beside it. */
export interface DocumentHead {
  /** LogicbrokerKey: int32, unique over all documents of all companies. */
  key: number;
  companyId: number;
  connectionId: number;
  type: DocumentType;
  statusCode: number;
  /** Raised by every change of the text; the ETag. */
  version: number;
  /** The same for an order and everything that belongs to it. */
  linkKey: string;
  sourceKey: string | null;
  partnerPo: string | null;
  /** OrderNumber, ShipmentNumber, AcknowledgementNumber or ReturnNumber. */
  reference: string;
  /** Key of the order that the document belongs to. */
  parentKey: number | null;
  senderCompanyId: number;
  receiverCompanyId: number;
  documentDate: Date;
  errorMessage: string | null;
  contentHash: string | null;
  updatedAt: Date;
}

export interface StoredDocument extends DocumentHead {
  /** The v3 document as JSON text, exactly as it is sent. */
  body: string;
}

export interface NewDocument extends Omit<DocumentHead, 'version' | 'errorMessage' | 'updatedAt'> {
  body: string;
  rendererVersion: number;
}

const BODY_HEAD = /^\{"StatusCode":-?\d{1,5},/;

/**
 * Every rendered body starts with `{"StatusCode":<int>,`, so that a change of status splices the text inside the
 * database instead of rendering the document anew.
 * @throws Error when a renderer broke the rule: a bug, found before anything is stored
 */
export function assertSpliceable(body: string): void {
  if (!BODY_HEAD.test(body))
    throw new Error('A document text must start with {"StatusCode":<int>, and go on');
}

/**
 * The text with the status that its row has.
 * @throws Error as `assertSpliceable`
 */
export function withStatus(body: string, statusCode: number): string {
  const head = `{"StatusCode":${statusCode},`;
  if (body.startsWith(head)) return body;
  assertSpliceable(body);
  return body.replace(BODY_HEAD, head);
}
