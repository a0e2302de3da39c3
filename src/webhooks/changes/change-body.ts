import type { StoredEvent } from '../../documents/event-store.js';
import { toIsoSeconds } from '../../kernel/time.js';
import { documentTypeNames, type DocumentType } from '../../logicbroker/document-types.js';
import { topicOf } from './topics.js';

/** What of an event is told. */
export type ToldEvent = Pick<StoredEvent, 'id' | 'createdAt' | 'typeId' | 'level' | 'position'> &
  Pick<StoredEvent, 'documentKey' | 'documentType' | 'linkKey'>;

/** A change as it is told: where to look, and nothing personal. */
export function toChange(event: ToldEvent): object {
  const { documentKey, documentType, linkKey, typeId } = event;
  return {
    Position: Number(event.position),
    EventId: event.id,
    Date: toIsoSeconds(event.createdAt),
    Topic: topicOf(typeId),
    TypeId: typeId,
    Level: event.level,
    LogicbrokerKey: documentKey ?? undefined,
    DocumentType: documentType ? documentTypeNames[documentType as DocumentType] : undefined,
    LinkKey: linkKey ?? undefined,
  };
}
