import { messageOf } from './envelopes.js';
import { dateTime, named, ref, text } from './schema.js';

const ForgottenBuyer = named(
  'ForgottenBuyer',
  'An order whose buyer is not known any more. An addition of this service.',
  {},
  {
    LogicbrokerKey: text(undefined, '1001'),
    ForgottenAt: dateTime('Since when nothing personal is kept of the order.'),
  },
);

export const ForgottenBuyerMessage = messageOf('ForgottenBuyer', ref(ForgottenBuyer));

export const forgottenSchemas = [ForgottenBuyer, ForgottenBuyerMessage];
