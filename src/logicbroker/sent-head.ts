import { object, text, type JsonObject } from './json-reading.js';

/** What names a document that a caller has sent, once it is stored. */
interface SentHead {
  key: number;
  statusCode: number;
  linkKey: string;
  /** Of the order; what the caller has written counts more. */
  sourceKey: string | null;
  /** As the caller sent it. */
  input: JsonObject;
}

/**
 * How every document that a caller has sent is read back: all that it says, with our status and identifiers.
 * `StatusCode` is the first member (see documents/document.ts).
 */
export function sentHead({ key, statusCode, linkKey, sourceKey, input }: SentHead): JsonObject {
  const { StatusCode: _status, Identifier: identifier, ...rest } = input;
  const named = object(identifier);
  return {
    StatusCode: statusCode,
    Identifier: {
      ...named,
      SourceKey: text(named['SourceKey']) ?? sourceKey,
      LogicbrokerKey: String(key),
      LinkKey: linkKey,
    },
    ...rest,
  };
}
