import { Type, type TSchema } from 'typebox';
import { flag, int32, listOf, named, ref, text, type Named } from './schema.js';
import {
  DocumentTypeStatus,
  LBActivityEvent,
  LBDocumentStatus,
  LBEventType,
  Partner,
  ScheduledTask,
} from './records.js';

/** Names follow the contract with `.` for its brackets: `LBMessage[X]` is the component `LBMessage.X`. */

export function messageOf<T extends TSchema>(name: string, body: T) {
  return named(
    `LBMessage.${name}`,
    'Answer with a body.',
    {},
    { Code: text(undefined, '200'), Message: text(), Body: body },
  );
}

export function arrayResponse<T extends TSchema>(name: string, records: T) {
  return named(
    `ArrayResponse.${name}`,
    'One page of a list.',
    {},
    {
      Records: records,
      TotalPages: int32(),
      CurrentPage: int32('Counted from 0.'),
      TotalRecords: int32('May be some seconds old while a list of many pages is read.'),
    },
  );
}

const ExceptionDTO = named(
  'ExceptionDTO',
  'A remark about a document that was taken.',
  {},
  {
    Message: text(),
    StackTrace: text(),
  },
);

/** What the contract answers to a document that was taken; it spells the name differently for each. */
export function createdMessage(name: string, description: string) {
  const body = named(
    name,
    description,
    {},
    { LogicbrokerKey: text(undefined, '1002'), TransformationResults: listOf(ExceptionDTO) },
  );
  return { body, message: messageOf(name, ref(body)) };
}
const createdShipment = createdMessage('CreateShipmentReponse', 'The document that was stored.');
const createdOrder = createdMessage('CreateSalesOrderReponse', 'The document that was stored or answered.');
/** For shipments and what is posted under an order. The spelling is Logicbroker's. */
export const CreatedMessage = createdShipment.message;
/** For all other documents. */
export const CreatedDocumentMessage = createdOrder.message;

/** Documents in one call: a day's orders of a large seller. */
const MOST_KEYS = 10_000;

export const BulkStatusUpdateRequest = named(
  'BulkStatusUpdateRequest',
  'One status for many documents: the way to say "I have fetched these".',
  {
    Status: text('Number, name, or name without spaces.', 'Acknowledged'),
    LogicbrokerKeys: Type.Array(Type.String(), { maxItems: MOST_KEYS }),
  },
  { OnlyIncreaseStatus: flag('Leave documents alone that are further already.') },
);

const GetActivityEventResponse = named(
  'GetActivityEventResponse',
  'One page of history.',
  {},
  {
    ActivityEvents: listOf(LBActivityEvent),
    TotalPages: int32(),
  },
);
const GetDocumentStatusesResponse = named(
  'GetDocumentStatusesResponse',
  'The statuses of documents.',
  {},
  {
    DocumentTypeStatuses: listOf(DocumentTypeStatus),
  },
);
const GetPartnersResponse = named(
  'GetPartnersResponse',
  'The TikTok shops of the company.',
  {},
  {
    Partners: listOf(Partner),
  },
);

export const StringArrayResponse = arrayResponse('String', Type.Array(Type.String()));
export const ScheduledTaskArrayResponse = arrayResponse('ScheduledTask', listOf(ScheduledTask));

export const StringMessage = messageOf('String', Type.String());
export const Int32Message = messageOf('Int32', int32());
export const StatusMessage = messageOf('LBDocumentStatus', ref(LBDocumentStatus));
export const EventsMessage = messageOf('GetActivityEventResponse', ref(GetActivityEventResponse));
export const EventMessage = messageOf('LBActivityEvent', ref(LBActivityEvent));
export const EventTypesMessage = messageOf('LBEventType.List', listOf(LBEventType));
export const StatusesMessage = messageOf('GetDocumentStatusesResponse', ref(GetDocumentStatusesResponse));
export const PartnersMessage = messageOf('GetPartnersResponse', ref(GetPartnersResponse));

/** v1 lists are enveloped and name their documents. Each element has LogicbrokerKey and Status beside its own fields. */
function v1List(name: string, documents: TSchema) {
  const body = { [name]: documents, TotalPages: int32(), CurrentPage: int32(), TotalRecords: int32() };
  return messageOf(`${name}.V1`, Type.Object(body));
}
export const KeysV1 = v1List('LogicbrokerKeys', Type.Array(Type.String()));

/** The answers that carry documents of one kind. */
export interface DocumentEnvelopes {
  /** One document. */
  message: Named;
  /** A page of a list. */
  arrayResponse: Named;
  /** The same in v1. */
  v1List: Named;
  /** The documents of an order, where the contract names them as a member. */
  ofOrder?: Named;
  /** Everything above with what it refers to, and the document itself: components of the OpenAPI document. */
  schemas: Named[];
}

/**
 * The envelopes of a document by its name and schema.
 * @param parts `more`: what the document refers to, or is answered with, and nobody else has. `wrapped`: the contract's name of an answer with the
 * one document as a member of that name. `listName`: member of v1 lists. `ofOrder`: the contract's name of an order's documents.
 */
export function envelopesOf(
  document: Named,
  parts: {
    more?: Named[];
    wrapped?: { name: string; member: string; description: string };
    listName: string;
    ofOrder?: { name: string; description: string };
  },
): DocumentEnvelopes {
  const { more = [], wrapped, listName, ofOrder } = parts;
  const name = document.$id;
  const body = wrapped && named(wrapped.name, wrapped.description, {}, { [wrapped.member]: ref(document) });
  const children = ofOrder && named(ofOrder.name, ofOrder.description, {}, { [listName]: listOf(document) });
  const envelopes = {
    message: messageOf(body?.$id ?? name, ref(body ?? document)),
    arrayResponse: arrayResponse(name, listOf(document)),
    v1List: v1List(listName, listOf(document)),
    ...(children && { ofOrder: messageOf(children.$id, ref(children)) }),
  };
  const schemas = [...more, document, ...(body ? [body] : []), ...(children ? [children] : [])];
  return { ...envelopes, schemas: [...schemas, ...Object.values(envelopes)] };
}

export const ErrorMessage = named(
  'ErrorMessage',
  'Why a call was refused.',
  {
    Code: text('The HTTP status.', '400'),
    Message: text('One sentence.'),
    Body: Type.Array(
      Type.Object({
        Errors: Type.Array(Type.String(), {
          description: 'One line for each finding, beginning with the field where there is one.',
          examples: [['ShipmentLines[0].Quantity: more than the 2 pieces that are left to ship']],
        }),
        Reason: Type.Optional(text('Stable name of the kind of error.', 'invalid-document')),
        Details: Type.Optional(
          Type.Array(
            Type.Object({
              Field: Type.Optional(text()),
              Message: text(),
              Next: Type.Optional(text('What to do next.')),
            }),
          ),
        ),
      }),
    ),
  },
  {},
);

export const envelopeSchemas: Named[] = [
  ExceptionDTO,
  createdShipment.body,
  createdOrder.body,
  BulkStatusUpdateRequest,
  GetActivityEventResponse,
  GetDocumentStatusesResponse,
  GetPartnersResponse,
  StringArrayResponse,
  ScheduledTaskArrayResponse,
  StringMessage,
  Int32Message,
  StatusMessage,
  CreatedMessage,
  CreatedDocumentMessage,
  EventsMessage,
  EventMessage,
  EventTypesMessage,
  StatusesMessage,
  PartnersMessage,
  KeysV1,
  ErrorMessage,
];
