import { toIsoSeconds } from '../kernel/time.js';
import type { ApiVersion } from '../http/api.js';
import type { StoredEvent } from './event-store.js';
import { documentTypeNames, type DocumentType } from '../logicbroker/document-types.js';

/** Logicbroker: LBActivityEvent, with additions of ours in v3. */
export function toActivityEvent(event: StoredEvent, version: ApiVersion): object {
  return {
    Id: event.id,
    Date: toIsoSeconds(event.createdAt),
    SenderId: event.senderId ?? undefined,
    ReceiverId: event.receiverId ?? undefined,
    LogicbrokerKey: event.documentKey ?? undefined,
    DocumentType: event.documentType ? documentTypeNames[event.documentType as DocumentType] : undefined,
    LinkKey: event.linkKey ?? undefined,
    TypeId: event.typeId,
    Level: event.level,
    Category: event.category,
    Summary: event.summary,
    Details: event.details ?? undefined,
    Processed: event.processed,
    Viewed: event.viewed,
    AdditionalData: event.additional == null ? undefined : JSON.stringify(event.additional),
    ...(version === 'v3' ? additionsTo(event) : {}),
  };
}

function additionsTo({ position }: StoredEvent): object {
  return { Position: position === null ? undefined : Number(position) };
}
