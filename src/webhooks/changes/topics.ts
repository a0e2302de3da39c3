import { eventTypes } from '../../documents/event-types.js';
import { AppError } from '../../kernel/errors.js';

const topics = new Map<number, string>(Object.values(eventTypes).map(({ id, topic }) => [id, topic]));

/** The topic of a type of event; undefined for one that this version does not know. */
export function topicOf(typeId: number): string | undefined {
  return topics.get(typeId);
}

/**
 * The types of event that a topic means: one of ActivityEvents/EventTypes, or what stands before its dot, in any case.
 * @throws AppError invalid-request naming `field`
 */
export function typesOf(topic: string, field = 'topic'): number[] {
  const wanted = topic.toLowerCase();
  const ids = [...topics].filter(([, each]) => each === wanted || each.startsWith(`${wanted}.`));
  if (ids.length > 0) return ids.map(([id]) => id);
  throw new AppError('invalid-request', 'There is no such topic.', {
    details: [{ field, message: 'must be one of GET ActivityEvents/EventTypes' }],
  });
}
