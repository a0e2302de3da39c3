import { Type } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, listOf, named, ref, text } from './schema.js';

/** Explain is our addition; it follows the contract's style. */

const ExplainedGate = named(
  'ExplainedGate',
  'A rule and how it decided.',
  {},
  {
    Gate: text(undefined, 'remorse-hold'),
    Outcome: text('pass, wait or refuse.', 'wait'),
    Rule: text(),
    Reason: text(),
    Until: dateTime('When a waiting rule lets the order pass.'),
    Next: text('What to do next.'),
  },
);

const Explanation = named(
  'Explanation',
  'Why an order is where it is.',
  {},
  {
    TikTokOrderId: text(),
    LogicbrokerKey: text('Left out while the order cannot be seen here.'),
    Summary: text(),
    Gates: listOf(ExplainedGate),
    Facts: Type.Object({}, { additionalProperties: true, description: 'What the rules looked at.' }),
  },
);

export const ExplanationMessage = messageOf('Explanation', ref(Explanation));

export const explanationSchemas = [ExplainedGate, Explanation, ExplanationMessage];
