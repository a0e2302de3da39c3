import { Type } from 'typebox';
import type { DocumentType } from '../logicbroker/document-types.js';
import { noSuchDocument } from './change-status-by-hand.js';
import { readKey } from './document.js';

export const KeyParams = Type.Object({
  LogicbrokerKey: Type.String({ description: 'Number of the document.' }),
});

/** The number in the path. @throws AppError not-found, as for any document that does not exist */
export function keyOf(type: DocumentType, text: string): number {
  const key = readKey(text);
  if (key === null) throw noSuchDocument(type, text);
  return key;
}
