import { Type, type TSchema } from 'typebox';
import { Acknowledgement } from './acknowledgement-schema.js';
import { Return } from './return-schema.js';
import { SalesOrder } from './order-schema.js';
import { flag, int32, listOf, named, ref, text, type Named } from './schema.js';
import { Shipment } from './shipment-schema.js';
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

export const ExceptionDTO = named(
  'ExceptionDTO',
  'A remark about a document that was taken.',
  {},
  {
    Message: text(),
    StackTrace: text(),
  },
);

/** The spelling is Logicbroker's. */
export const CreateShipmentReponse = named(
  'CreateShipmentReponse',
  'The document that was stored.',
  {},
  {
    LogicbrokerKey: text(undefined, '1002'),
    TransformationResults: listOf(ExceptionDTO),
  },
);

/** What the contract answers for all documents but shipments. The spelling is Logicbroker's. */
export const CreateSalesOrderReponse = named(
  'CreateSalesOrderReponse',
  'The document that was stored or answered.',
  {},
  {
    LogicbrokerKey: text(undefined, '1002'),
    TransformationResults: listOf(ExceptionDTO),
  },
);

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

export const GetSalesOrdersResponse = named(
  'GetSalesOrdersResponse',
  'One order.',
  {},
  { SalesOrder: ref(SalesOrder) },
);
export const GetShipmentResponse = named(
  'GetShipmentResponse',
  'One shipment.',
  {},
  { Shipment: ref(Shipment) },
);
export const SalesOrderShipments = named(
  'SalesOrderShipments',
  'The shipments of an order.',
  {},
  {
    Shipments: listOf(Shipment),
  },
);
export const GetActivityEventResponse = named(
  'GetActivityEventResponse',
  'One page of history.',
  {},
  {
    ActivityEvents: listOf(LBActivityEvent),
    TotalPages: int32(),
  },
);
export const GetDocumentStatusesResponse = named(
  'GetDocumentStatusesResponse',
  'The statuses of documents.',
  {},
  {
    DocumentTypeStatuses: listOf(DocumentTypeStatus),
  },
);
export const GetPartnersResponse = named(
  'GetPartnersResponse',
  'The TikTok shops of the company.',
  {},
  {
    Partners: listOf(Partner),
  },
);

export const StringArrayResponse = arrayResponse('String', Type.Array(Type.String()));
export const SalesOrderArrayResponse = arrayResponse('SalesOrder', listOf(SalesOrder));
export const AcknowledgementArrayResponse = arrayResponse('Acknowledgement', listOf(Acknowledgement));
export const ShipmentArrayResponse = arrayResponse('Shipment', listOf(Shipment));
export const ReturnArrayResponse = arrayResponse('Return', listOf(Return));
export const ScheduledTaskArrayResponse = arrayResponse('ScheduledTask', listOf(ScheduledTask));

export const StringMessage = messageOf('String', Type.String());
export const Int32Message = messageOf('Int32', int32());
export const StatusMessage = messageOf('LBDocumentStatus', ref(LBDocumentStatus));
export const CreatedMessage = messageOf('CreateShipmentReponse', ref(CreateShipmentReponse));
export const CreatedDocumentMessage = messageOf('CreateSalesOrderReponse', ref(CreateSalesOrderReponse));
export const AcknowledgementMessage = messageOf('Acknowledgement', ref(Acknowledgement));
export const ReturnMessage = messageOf('Return', ref(Return));
export const SalesOrderMessage = messageOf('GetSalesOrdersResponse', ref(GetSalesOrdersResponse));
export const ShipmentMessage = messageOf('GetShipmentResponse', ref(GetShipmentResponse));
export const OrderShipmentsMessage = messageOf('SalesOrderShipments', ref(SalesOrderShipments));
export const EventsMessage = messageOf('GetActivityEventResponse', ref(GetActivityEventResponse));
export const EventMessage = messageOf('LBActivityEvent', ref(LBActivityEvent));
export const EventTypesMessage = messageOf('LBEventType.List', listOf(LBEventType));
export const StatusesMessage = messageOf('GetDocumentStatusesResponse', ref(GetDocumentStatusesResponse));
export const PartnersMessage = messageOf('GetPartnersResponse', ref(GetPartnersResponse));

/** v1 lists are enveloped and name their documents. Each element has LogicbrokerKey and Status beside its own fields. */
function v1List(name: string, member: string, documents: TSchema) {
  const body = { [member]: documents, TotalPages: int32(), CurrentPage: int32(), TotalRecords: int32() };
  return messageOf(`${name}.V1`, Type.Object(body));
}
export const SalesOrdersV1 = v1List('SalesOrders', 'SalesOrders', listOf(SalesOrder));
export const AcknowledgementsV1 = v1List('Acknowledgements', 'Acknowledgements', listOf(Acknowledgement));
export const ShipmentsV1 = v1List('Shipments', 'Shipments', listOf(Shipment));
export const ReturnsV1 = v1List('Returns', 'Returns', listOf(Return));
export const KeysV1 = v1List('LogicbrokerKeys', 'LogicbrokerKeys', Type.Array(Type.String()));

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
  CreateShipmentReponse,
  CreateSalesOrderReponse,
  BulkStatusUpdateRequest,
  GetSalesOrdersResponse,
  GetShipmentResponse,
  SalesOrderShipments,
  GetActivityEventResponse,
  GetDocumentStatusesResponse,
  GetPartnersResponse,
  StringArrayResponse,
  SalesOrderArrayResponse,
  AcknowledgementArrayResponse,
  ShipmentArrayResponse,
  ReturnArrayResponse,
  ScheduledTaskArrayResponse,
  StringMessage,
  Int32Message,
  StatusMessage,
  CreatedMessage,
  CreatedDocumentMessage,
  AcknowledgementMessage,
  ReturnMessage,
  SalesOrderMessage,
  ShipmentMessage,
  OrderShipmentsMessage,
  EventsMessage,
  EventMessage,
  EventTypesMessage,
  StatusesMessage,
  PartnersMessage,
  SalesOrdersV1,
  AcknowledgementsV1,
  ShipmentsV1,
  ReturnsV1,
  KeysV1,
  ErrorMessage,
];
