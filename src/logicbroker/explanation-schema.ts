import { Type } from 'typebox';
import type { GateResult } from '../kernel/gate.js';
import { helpLink } from '../kernel/help.js';
import { toIsoSeconds } from '../kernel/time.js';
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
    Help: text(
      'Path of the page of this service that has cause and next step of the rule.',
      '/help#remorse-hold',
    ),
  },
);

function facts(description: string) {
  return Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description });
}

const ExplainedDocument = named(
  'ExplainedDocument',
  'A document that belongs to the order.',
  {},
  {
    DocumentType: text(undefined, 'Acknowledgement'),
    LogicbrokerKey: text('Its own Explain tells more.', '1002'),
    Status: text(undefined, 'Complete'),
    ErrorMessage: text('Why it failed.'),
  },
);

const ExplainedCancellation = named(
  'ExplainedCancellation',
  'A cancellation of the order in TikTok, or a request for one.',
  {},
  {
    CancelId: text("TikTok's id of it; AcknowledgementNumber of the document that tells it."),
    CancelledBy: text('buyer, seller, system or operator.', 'buyer'),
    Status: text("TikTok's word.", 'CANCELLATION_REQUEST_SUCCESS'),
    Reason: text("TikTok's key."),
    ReasonText: text(),
    TikTokOrderLineIds: Type.Array(Type.String(), { description: 'The pieces that it names.' }),
    RequestedAt: dateTime(),
    AnswerBy: dateTime('When TikTok approves a request that the seller does not answer.'),
    Outcome: text(
      'pending, waiting, acknowledged, ours, told, seller-made, not-imported or closed.',
      'acknowledged',
    ),
    AcknowledgementKey: text('Of the acknowledgement that tells it, or by which the ERP asked for it.'),
    Gates: listOf(ExplainedGate, 'How the rules decide about it now.'),
  },
);

const ExplainedChannel = named(
  'ExplainedChannel',
  'How an order stands with another service that it is delivered to.',
  {},
  {
    Channel: text(undefined, 'Shopify'),
    Place: text('Which one of the service.', 'example.myshopify.com'),
    State: text('waiting, sending, delivered, cancelling, cancelled, kept or not asked for.', 'delivered'),
    Number: text("The service's own number of the order.", '#1001'),
    Reason: text('Why it waits, or was not done.'),
    NextAttemptAt: dateTime(),
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
    Cancellations: listOf(ExplainedCancellation, 'Also of an order that never came in.'),
    Status: text('Of the document.', 'Submitted'),
    State: text('waiting, exported, not_imported, not_pulled or unknown.', 'waiting'),
    NextSteps: Type.Array(Type.String(), { description: 'What to do, or what happens without you.' }),
    ReleaseAt: dateTime('When a waiting order is looked at again.'),
    ExportedAt: dateTime(),
    ShippingGates: listOf(
      ExplainedGate,
      'Whether a shipment would be taken now; none while the ERP does not have the order.',
    ),
    Documents: listOf(
      ExplainedDocument,
      'Acknowledgements, shipments and returns of the order, oldest first.',
    ),
    TikTok: facts('What TikTok showed last.'),
    Connection: facts('The shop that the order came through.'),
    Pull: facts('How the order pull of this shop does.'),
    Returns: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'The return requests for the order, imported or not.',
    }),
    Channels: listOf(ExplainedChannel, 'Other services that the order is delivered to.'),
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
    LeftOutOrderLineIds: Type.Array(Type.String(), {
      description: 'Pieces that were cancelled just before, or shipped otherwise: they did not go with it.',
    }),
    TikTokPackageId: text('Once TikTok has answered.'),
    State: text('pending, sent, refused or in_doubt.', 'sent'),
    Reason: text('Why it waits, was refused or is in doubt.'),
    Correction: Type.Object(
      {
        From: text('The number that TikTok had.'),
        TrackingNumber: text('The number that was asked for.'),
        State: text('pending, done, refused or in_doubt.', 'done'),
        Reason: text('Why it was refused or is in doubt.'),
        AskedAt: dateTime(),
      },
      { description: 'Of the tracking number, where one was asked for.', additionalProperties: true },
    ),
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

const AcknowledgementExplanation = named(
  'AcknowledgementExplanation',
  'Why an acknowledgement is where it is.',
  {},
  {
    LogicbrokerKey: text(),
    Status: text(undefined, 'Complete'),
    ErrorMessage: text('Why the acknowledgement failed.'),
    Kind: text('accept, backorder or cancel; pulled is one that came from TikTok.', 'cancel'),
    State: text('pending, done, refused or in_doubt.', 'done'),
    Summary: text(),
    TikTokCancelReason: text("TikTok's key of the reason."),
    TikTokCancelId: text("TikTok's id of the cancellation, once there is one."),
    TikTokOrderLineIds: Type.Array(Type.String(), { description: 'The pieces that are cancelled.' }),
    Gates: listOf(ExplainedGate, 'How the rules would decide now.'),
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
    NextSteps: Type.Array(Type.String(), { description: 'What to do, or what happens without you.' }),
    ImportGates: listOf(ExplainedGate, 'Why it became a document, or not.'),
    AnswerGates: listOf(ExplainedGate, 'How the rules would decide about the next answer now.'),
    TikTok: facts('What TikTok showed last.'),
    Answers: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: "The seller's answers.",
    }),
    Effects: listOf(ExplainedEffect, 'What was asked of TikTok, oldest first.'),
  },
);

export const AcknowledgementExplanationMessage = messageOf(
  'AcknowledgementExplanation',
  ref(AcknowledgementExplanation),
);
export const ReturnExplanationMessage = messageOf('ReturnExplanation', ref(ReturnExplanation));
export const ExplanationMessage = messageOf('Explanation', ref(Explanation));
export const ShipmentExplanationMessage = messageOf('ShipmentExplanation', ref(ShipmentExplanation));

export const explanationSchemas = [
  ExplainedGate,
  ExplainedDocument,
  ExplainedChannel,
  ExplainedCancellation,
  Explanation,
  ExplanationMessage,
  ExplainedPackage,
  ExplainedCall,
  ExplainedEffect,
  ShipmentExplanation,
  ShipmentExplanationMessage,
  AcknowledgementExplanation,
  AcknowledgementExplanationMessage,
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
    Help: gate.outcome === 'pass' ? undefined : helpLink(gate.gate),
  };
}

/** Left out of the answer while there is no such time. */
export function timeText(time: Date | null): string | undefined {
  return time ? toIsoSeconds(time) : undefined;
}
