import { Type, type Static } from 'typebox';

import { ActSpec } from './act-spec.js';
import { CallMatch } from './call-match.js';

const shared = {
  match: Type.Optional(CallMatch),
  times: Type.Optional(
    Type.Integer({ minimum: 1, description: 'How often it strikes; without end when left out' }),
  ),
  skip: Type.Optional(
    Type.Integer({ minimum: 0, description: 'How many matching calls pass before it starts' }),
  ),
  probability: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Per matching call, default 1' }),
  ),
  seed: Type.Optional(Type.Integer({ description: 'Of the dice; the same seed strikes the same calls' })),
};

const status = Type.Integer({ minimum: 100, maximum: 599 });

export const FaultSpec = Type.Union([
  Type.Object(
    {
      ...shared,
      kind: Type.Literal('error'),
      code: Type.Integer({ description: 'Code of the envelope, e.g. 36009003, 105002, 106001, 36009002' }),
      message: Type.Optional(Type.String()),
      httpStatus: Type.Optional(status),
      retryAfterSec: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    {
      title: 'error',
      description: 'Answers an error in the envelope; nothing is done',
      additionalProperties: false,
    },
  ),
  Type.Object(
    { ...shared, kind: Type.Literal('http'), status, body: Type.Optional(Type.String()) },
    {
      title: 'http',
      description: 'Answers a status with a body that is not JSON; nothing is done',
      additionalProperties: false,
    },
  ),
  Type.Object(
    { ...shared, kind: Type.Literal('delay'), ms: Type.Integer({ minimum: 0 }) },
    { title: 'delay', description: 'Waits, then goes on as usual', additionalProperties: false },
  ),
  Type.Object(
    { ...shared, kind: Type.Literal('hold') },
    {
      title: 'hold',
      description:
        'Holds the call until this fault is switched off, then goes on as usual, also when the caller has given up long ago',
      additionalProperties: false,
    },
  ),
  Type.Object(
    { ...shared, kind: Type.Literal('drop') },
    { title: 'drop', description: 'Cuts the connection; nothing is done', additionalProperties: false },
  ),
  Type.Object(
    {
      ...shared,
      kind: Type.Literal('done_but_lost'),
      answer: Type.Optional(
        Type.Enum(['drop', 'hang', 'status'], {
          description: 'What the caller sees in place of the answer, default drop',
        }),
      ),
      holdMs: Type.Optional(
        Type.Integer({ minimum: 0, description: 'How long `hang` holds the connection, default 60000' }),
      ),
      status: Type.Optional(status),
    },
    {
      title: 'done_but_lost',
      description: 'Does what was asked, then loses the answer',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      ...shared,
      kind: Type.Enum([
        'duplicate_page',
        'reorder_page',
        'ids_as_numbers',
        'unknown_fields',
        'masked_address',
        'stale_read',
        'expire_token',
      ]),
    },
    {
      title: 'simple',
      description:
        'duplicate_page: the next page is this page again. reorder_page: the rows come in another order. ids_as_numbers: ids lose their quotes. unknown_fields: objects carry fields nobody knows. masked_address: addresses are masked whatever the state. stale_read: orders, cancellations and returns look as before their last change; of the latter two, what is new is missing. expire_token: the access token ends with this call',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      ...shared,
      kind: Type.Literal('unknown_enum'),
      field: Type.String({ description: 'Name of the field, at any depth', examples: ['status'] }),
      value: Type.String({ examples: ['SOMETHING_NEW'] }),
    },
    {
      title: 'unknown_enum',
      description: 'Puts a value nobody knows into a field',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      ...shared,
      kind: Type.Literal('act'),
      when: Type.Enum(['before', 'after']),
      orderId: Type.String(),
      act: ActSpec,
    },
    {
      title: 'act',
      description: 'Something happens to an order just before or after the call, e.g. between two pages',
      additionalProperties: false,
    },
  ),
]);
export type FaultSpec = Static<typeof FaultSpec>;
