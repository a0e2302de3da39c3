import { Type } from 'typebox';
import { Contact } from './common.js';
import { dateTime, flag, int32, int64, listOf, named, ref, text } from './schema.js';

/** Logicbroker's small records: history, statuses, partners, tasks (CommerceAPI v3). */

export const LBDocumentStatus = named(
  'LBDocumentStatus',
  'The status of a document.',
  {},
  {
    Status: text('Display name.', 'Submitted'),
    ErrorMessage: text('Why the document failed.'),
  },
);

export const DocumentTypeStatus = named(
  'DocumentTypeStatus',
  'A status that documents of a type can have.',
  {},
  {
    DocumentType: text(undefined, 'Order'),
    StatusDescription: text(undefined, 'Ready to Ship'),
    StatusId: int32(),
    Default: flag('New documents wait in this status for their receiver.'),
  },
);

export const EventActor = named(
  'EventActor',
  'Who did what an event tells of.',
  {},
  {
    Kind: text('person, key, channel, or system for this service by itself.', 'person'),
    Id: text('Names it among its kind.'),
    Name: text(undefined, 'admin'),
    Via: text(
      'api, portal, cli, file; of this service itself flow (a schedule), effect, sweep or service.',
      'portal',
    ),
  },
);

export const LBActivityEvent = named(
  'LBActivityEvent',
  'A line of history.',
  {},
  {
    Id: int32(),
    Date: dateTime(),
    SenderId: int32(),
    ReceiverId: int32(),
    LogicbrokerKey: int32(),
    DocumentType: text(undefined, 'Order'),
    LinkKey: text(),
    TypeId: int32('See GET ActivityEvents/EventTypes.'),
    Level: text('Info, Warning or Alert.', 'Info'),
    Category: text(),
    Summary: text(),
    Details: text(),
    Processed: flag(),
    Viewed: flag(),
    AdditionalData: text('JSON in a string.'),
    Position: int64(
      'v3 only: its place among all events, given once it is committed; see `after`. Rises, with gaps.',
    ),
    Actor: ref(EventActor),
  },
);

/** What an ERP reports. */
export const eventExamples = {
  onADocument: {
    summary: 'An order that the ERP could not take in',
    value: {
      LogicbrokerKey: 1001,
      Level: 'Alert',
      Summary: 'Failed to import order',
      Details: 'There is no item TEE-RED-L.',
    },
  },
};

export const LBEventType = named(
  'LBEventType',
  'A kind of event.',
  {},
  {
    Id: int32(),
    Name: text(),
    Topic: text(),
  },
);

const VendorCode = named(
  'VendorCode',
  'A number of the partner in another system.',
  {},
  {
    Code: text(),
    System: text(),
  },
);

export const Partner = named(
  'Partner',
  'A TikTok shop as a trading partner.',
  {},
  {
    Id: int32('Company number: SenderCompanyId of its orders.'),
    CompanyName: text(),
    Contact: ref(Contact),
    VendorCodes: listOf(VendorCode),
    IsMerchant: flag(),
    Status: text(),
    StatusReason: text('Why nothing is read from or sent to the shop now. An addition of this service.'),
    Type: text(),
    Groups: Type.Array(Type.String()),
    LastModified: dateTime(),
  },
);

export const ScheduledTask = named(
  'ScheduledTask',
  'A kind of pull or push of one TikTok shop.',
  {},
  {
    Id: int64(),
    PartnerId: int32(),
    PartnerName: text(),
    JobName: text(),
    Description: text(),
    LastStart: dateTime(),
    LastEnd: dateTime(),
    LastSuccess: dateTime(),
    Schedule: text('Cron expression, UTC.', '*/15 * * * *'),
  },
);

export const recordSchemas = [
  LBDocumentStatus,
  DocumentTypeStatus,
  EventActor,
  LBActivityEvent,
  LBEventType,
  VendorCode,
  Partner,
  ScheduledTask,
];
