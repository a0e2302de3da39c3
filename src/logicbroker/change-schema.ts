import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, int64, listOf, named, ref, text } from './schema.js';

/** What has changed: an addition of ours. */
const Change = named(
  'Change',
  'Something that has changed, and where to look.',
  {},
  {
    Position: int64('Its place among all changes, given once it is committed. Rises, with gaps.'),
    EventId: int32('See GET ActivityEvents/{EventId}: what happened, in words.'),
    Date: dateTime(),
    Topic: text('See GET ActivityEvents/EventTypes.', 'order.created'),
    TypeId: int32(),
    Level: text('Info, Warning or Alert.', 'Info'),
    LogicbrokerKey: int32('The document that it is about; left out where it is about none.'),
    DocumentType: text(undefined, 'Order'),
    LinkKey: text('The same for an order and all that belongs to it.'),
  },
);

const GetChangesResponse = named(
  'GetChangesResponse',
  'What has changed since a position.',
  {},
  {
    Changes: listOf(Change),
    Next: int64('Where to go on: the `after` of the next call.'),
    More: flag('There is more already.'),
  },
);

export const ChangesMessage = messageOf('GetChangesResponse', ref(GetChangesResponse));

export const changeSchemas = [Change, GetChangesResponse, ChangesMessage];
