import { toChange, type ToldEvent } from '../changes/change-body.js';
import { topicOf } from '../changes/topics.js';

/** What is sent: as Standard Webhooks advises, and a change as GET Changes tells it. Nothing personal, below one kilobyte. */
export function messageBody(event: ToldEvent): Buffer {
  const body = {
    type: topicOf(event.typeId),
    timestamp: event.createdAt.toISOString(),
    data: toChange(event),
  };
  return Buffer.from(JSON.stringify(body));
}
