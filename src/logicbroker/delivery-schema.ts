import { Type } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, int32, listOf, named, ref, text, type Named } from './schema.js';

/** Files on their way to a seller: an addition of this service. */
const FileDelivery = named(
  'FileDelivery',
  'A document as a file by a delivery profile, or an answer to a file of yours.',
  {},
  {
    DeliveryId: text(undefined, '17'),
    Profile: text(undefined, 'orders-csv'),
    Channel: text(undefined, 'sftp'),
    Format: text(undefined, 'x12'),
    Kind: text('order, acknowledgement, return; 997; errors.', 'order'),
    LogicbrokerKey: text(undefined, '1002'),
    Version: int32('Of the document.'),
    FileName: text(),
    State: text('waiting, acknowledged, sent (waits for its 997), rejected, failed, superseded.', 'waiting'),
    Bytes: int32(),
    Sha256: text(),
    InterchangeControl: int32('ISA13 of X12.'),
    GroupControl: int32('GS06 of X12.'),
    Attempts: int32('That failed.'),
    NextAttemptAt: dateTime('When a failed one is tried again; when a 997 is late.'),
    ErrorMessage: text('Why it failed, or was rejected.'),
    CreatedAt: dateTime(),
    SentAt: dateTime('When it was picked up.'),
    AnsweredAt: dateTime('When its 997 came.'),
  },
);

export const ReplayRequest = named(
  'ReplayRequest',
  'Which files shall wait to be picked up again, with the bytes and numbers that they had.',
  {},
  {
    From: dateTime('Made at this time or later.'),
    To: dateTime('Made at this time or earlier.'),
    Profile: text(),
  },
);

export const DeliveryMessage = messageOf('FileDelivery', ref(FileDelivery));
export const DeliveryArrayResponse = arrayResponse('FileDelivery', listOf(FileDelivery));
export const ReplayedMessage = messageOf(
  'Replayed',
  Type.Object({ Replayed: int32('Files that wait again.') }),
);

export const deliverySchemas: Named[] = [
  FileDelivery,
  ReplayRequest,
  DeliveryMessage,
  DeliveryArrayResponse,
  ReplayedMessage,
];
