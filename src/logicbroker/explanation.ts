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

function facts(description: string) {
  return Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description });
}

const Explanation = named(
  'Explanation',
  'Why an order is where it is.',
  {},
  {
    TikTokOrderId: text(),
    LogicbrokerKey: text('Left out while the order cannot be seen here.'),
    Summary: text(),
    Gates: listOf(ExplainedGate),
    Status: text('Of the document.', 'Submitted'),
    State: text('waiting, exported, not_imported, not_pulled or unknown.', 'waiting'),
    NextSteps: Type.Array(Type.String(), { description: 'What to do, or what happens by itself.' }),
    ReleaseAt: dateTime('When a waiting order is looked at again.'),
    ExportedAt: dateTime(),
    TikTok: facts('What TikTok showed last.'),
    Connection: facts('The shop that the order came through.'),
    Pull: facts('How the order pull of this shop does.'),
  },
);

export const ExplanationMessage = messageOf('Explanation', ref(Explanation));

export const explanationSchemas = [ExplainedGate, Explanation, ExplanationMessage];
