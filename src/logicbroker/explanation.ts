import { Type } from 'typebox';
import type { GateResult } from '../gate.js';
import { toIsoSeconds } from '../time.js';
import { messageOf } from './envelopes.js';
import { dateTime, int32, listOf, named, ref, text } from './schema.js';

/** Explain is our addition; it follows the contract's style. */

export const ExplainedGate = named(
  'ExplainedGate',
  'A rule and how it decided.',
  {},
  {
    Gate: text(undefined, 'remorse-hold'),
    Outcome: text('pass, wait or refuse.', 'wait'),
    Rule: text(),
    Reason: text(),
    Until: dateTime('When a waiting rule lets it pass.'),
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
    Returns: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'The return requests for the order, imported or not.',
    }),
  },
);

const ExplainedPackage = named(
  'ExplainedPackage',
  'A package of the shipment: one tracking number.',
  {},
  {
    TrackingNumber: text(),
    ShippingProviderId: text("TikTok's id of the carrier; left out until TikTok's list could be read."),
    CarrierName: text(),
    TikTokOrderLineIds: Type.Array(Type.String(), { description: 'The pieces in it.' }),
    TikTokPackageId: text('Once TikTok has answered.'),
    State: text('pending, sent, refused or in_doubt.', 'sent'),
    Reason: text('Why it was refused or is in doubt.'),
  },
);

const ExplainedCall = named(
  'ExplainedCall',
  'A call to TikTok.',
  {},
  {
    Kind: text('send, or read-back: asking whether the effect is there.', 'send'),
    StartedAt: dateTime(),
    FinishedAt: dateTime('Left out while it is under way.'),
    Outcome: text(undefined, 'done'),
    TikTokCode: text(),
    RequestId: text("TikTok's id of the call, for its support."),
    Message: text(),
  },
);

export const ExplainedEffect = named(
  'ExplainedEffect',
  'Something that TikTok is asked to do for a document.',
  {},
  {
    Effect: text(),
    State: text('pending, sending, in_doubt, done, refused or needs_person.', 'done'),
    Attempts: int32('Calls that were made.'),
    CreatedAt: dateTime(),
    NextAttempt: dateTime('While it is not settled.'),
    SettledAt: dateTime(),
    LastError: text(),
    Calls: listOf(ExplainedCall, 'Oldest first.'),
  },
);

const ShipmentExplanation = named(
  'ShipmentExplanation',
  'Why a shipment is where it is.',
  {},
  {
    LogicbrokerKey: text(),
    Status: text(undefined, 'Complete'),
    ErrorMessage: text('Why the shipment failed.'),
    Gates: listOf(ExplainedGate, 'How the rules would decide now about what is not sent yet.'),
    Packages: listOf(ExplainedPackage, 'None while the shipment is a draft.'),
    Effects: listOf(ExplainedEffect, 'What was asked of TikTok, oldest first.'),
  },
);

const ReturnExplanation = named(
  'ReturnExplanation',
  'Why a return is where it is.',
  {},
  {
    ReturnNumber: text("TikTok's id of the request."),
    TikTokOrderId: text(),
    LogicbrokerKey: text('Left out while the request is not imported.'),
    State: text('imported or not_imported.', 'imported'),
    Status: text('Of the document.', 'Under Review'),
    Summary: text(),
    ErrorMessage: text('Why the answer failed or the request is ignored.'),
    NextSteps: Type.Array(Type.String(), { description: 'What to do, or what happens by itself.' }),
    ImportGates: listOf(ExplainedGate, 'Why it became a document, or not.'),
    AnswerGates: listOf(ExplainedGate, 'How the rules would decide about the next answer now.'),
    TikTok: facts('What TikTok showed last.'),
    Answers: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: "The seller's answers.",
    }),
    Effects: listOf(ExplainedEffect, 'What was asked of TikTok, oldest first.'),
  },
);

export const ReturnExplanationMessage = messageOf('ReturnExplanation', ref(ReturnExplanation));
export const ExplanationMessage = messageOf('Explanation', ref(Explanation));
export const ShipmentExplanationMessage = messageOf('ShipmentExplanation', ref(ShipmentExplanation));

export const explanationSchemas = [
  ExplainedGate,
  Explanation,
  ExplanationMessage,
  ExplainedPackage,
  ExplainedCall,
  ExplainedEffect,
  ShipmentExplanation,
  ShipmentExplanationMessage,
  ReturnExplanation,
  ReturnExplanationMessage,
];

/** A gate's outcome as `ExplainedGate`. */
export function explainedGate(gate: GateResult): object {
  return {
    Gate: gate.gate,
    Outcome: gate.outcome,
    Rule: gate.rule,
    Reason: gate.reason,
    Until: gate.outcome === 'wait' ? timeText(gate.until) : undefined,
    Next: gate.outcome === 'pass' ? undefined : gate.next,
  };
}

/** An effect on TikTok with the calls that were made for it. */
export interface EffectFacts {
  effect: string;
  state: string;
  attempts: number;
  createdAt: Date;
  nextAttemptAt: Date;
  settledAt: Date | null;
  lastError: string | null;
  calls: {
    kind: string;
    startedAt: Date;
    finishedAt: Date | null;
    outcome: string | null;
    tiktokCode: string | null;
    requestId: string | null;
    message: string | null;
  }[];
}

/** The same as `ExplainedEffect`. */
export function explainedEffect(entry: EffectFacts): object {
  return {
    Effect: entry.effect,
    State: entry.state,
    Attempts: entry.attempts,
    CreatedAt: timeText(entry.createdAt),
    NextAttempt: entry.settledAt ? undefined : timeText(entry.nextAttemptAt),
    SettledAt: timeText(entry.settledAt),
    LastError: entry.lastError ?? undefined,
    Calls: entry.calls.map((call) => ({
      Kind: call.kind,
      StartedAt: timeText(call.startedAt),
      FinishedAt: timeText(call.finishedAt),
      Outcome: call.outcome ?? undefined,
      TikTokCode: call.tiktokCode ?? undefined,
      RequestId: call.requestId ?? undefined,
      Message: call.message ?? undefined,
    })),
  };
}

/** Left out of the answer while there is no such time. */
export function timeText(time: Date | null): string | undefined {
  return time ? toIsoSeconds(time) : undefined;
}
