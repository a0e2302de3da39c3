import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, decimal, flag, int32, listOf, named, text } from './schema.js';
import { Type } from 'typebox';

/** What must be done by a time: an addition of ours in the contract's style. */
export const Deadline = named(
  'Deadline',
  'Something that TikTok waits for until a time.',
  {},
  {
    Kind: text('order-ship, cancellation-request, return-answer or refund-request.', 'order-ship'),
    DueAt: dateTime('As TikTok has set it.'),
    HoursLeft: decimal('Negative when it has passed.'),
    Overdue: flag(),
    LogicbrokerKey: text('The order, or for return-answer the return.', '1001'),
    LinkKey: text('The same for an order and all that belongs to it.'),
    PartnerPO: text("TikTok's order id.", '576461413038785752'),
    Reference: text(
      "OrderNumber, TikTok's id of the cancellation, or of the return or refund request.",
      '576461413038785752',
    ),
    PartnerId: int32('Company number of the TikTok shop (GET Partners).'),
    Status: text('Of the document with this LogicbrokerKey.', 'Ready to Ship'),
    WhatToDo: text('The next step.', 'Ship 2 pieces: POST Orders/1001/Shipments.'),
    AtDeadline: text(
      'What TikTok does when nothing has happened by then.',
      'TikTok counts it as a late dispatch, and cancels what is not shipped by 2026-01-06T08:01:00Z.',
    ),
  },
);

/** As they stand in a list on 2026-01-02 at 08:00, the most urgent first. */
export const deadlineExamples = [
  {
    Kind: 'cancellation-request',
    DueAt: '2026-01-02T11:30:00Z',
    HoursLeft: 3.5,
    Overdue: false,
    LogicbrokerKey: '1004',
    LinkKey: 'L-1004',
    PartnerPO: '576461413038785753',
    Reference: '4035318504086604800',
    PartnerId: 9001,
    Status: 'Acknowledged',
    WhatToDo:
      'To approve it, POST Acknowledgements with the quantities as QuantityCancelled. Shipping the order rejects it.',
    AtDeadline: 'TikTok approves the request by itself: the pieces are cancelled and refunded.',
  },
  {
    Kind: 'order-ship',
    DueAt: '2026-01-03T23:30:00Z',
    HoursLeft: 39.5,
    Overdue: false,
    LogicbrokerKey: '1001',
    LinkKey: 'L-1001',
    PartnerPO: '576461413038785752',
    Reference: '576461413038785752',
    PartnerId: 9001,
    Status: 'Ready to Ship',
    WhatToDo: 'Ship 2 pieces: POST Orders/1001/Shipments.',
    AtDeadline: 'TikTok counts it as a late dispatch, and may cancel the order later.',
  },
];

export const DeadlineArrayResponse = arrayResponse('Deadline', listOf(Deadline));
export const DeadlinesV1 = messageOf(
  'Deadlines.V1',
  Type.Object({
    Deadlines: listOf(Deadline),
    TotalPages: int32(),
    CurrentPage: int32(),
    TotalRecords: int32(),
  }),
);

export const deadlineSchemas = [Deadline, DeadlineArrayResponse, DeadlinesV1];
