import type { DocumentKind } from '../documents/document-kind.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import {
  Acknowledgement,
  acknowledgementEnvelopes,
  acknowledgementExamples,
} from '../logicbroker/acknowledgement-schema.js';
import { CreatedDocumentMessage } from '../logicbroker/envelopes.js';
import { AcknowledgementExplanationMessage } from '../logicbroker/explanation-schema.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { lockAllWithOrders } from '../orders/lock-with-order.js';
import { takeAll } from '../orders/take-documents.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { acknowledgementExplanationBody } from './acknowledgement-explanation-body.js';
import { cancelOrderEffect } from './cancel-order-effect.js';
import { acknowledgementTaking, createAcknowledgement } from './create-acknowledgement.js';
import { explainAcknowledgement } from './explain-acknowledgement.js';
import { acknowledgementRenderer } from './render-acknowledgement-document.js';
import { wipeAcknowledgementRows } from './wipe-acknowledgement-rows.js';
import { resendAcknowledgements } from './resend-acknowledgements.js';

export function acknowledgementKind(deps: AcknowledgementDeps): DocumentKind {
  return {
    type: 'acknowledgement',
    about: 'You accept or cancel an order; or a buyer, or TikTok, has cancelled pieces of it.',
    listName: 'Acknowledgements',
    bodyName: null,
    readyStatuses: [StatusCode.submitted],
    eventsPaths: ['Events'],
    byHand: {
      moves: {
        [StatusCode.submitted]: [
          StatusCode.processing,
          StatusCode.complete,
          StatusCode.failed,
          StatusCode.ignored,
        ],
        [StatusCode.processing]: [StatusCode.submitted],
        [StatusCode.complete]: [StatusCode.submitted, StatusCode.processing],
        [StatusCode.ignored]: [StatusCode.submitted, StatusCode.processing, StatusCode.failed],
      },
      refusals: { [StatusCode.failed]: 'an acknowledgement fails when TikTok refuses it' },
      forbids: ({ companyId, senderCompanyId, statusCode }, to) =>
        senderCompanyId === companyId ? forbidOwn(statusCode, to) : null,
      moved: async (tx, heads, to, by) =>
        to === StatusCode.submitted ? resendAcknowledgements(tx, heads, by) : [],
      lockFirst: lockAllWithOrders,
    },
    envelopes: acknowledgementEnvelopes,
    post: {
      verb: 'create',
      summary: 'Accept or cancel an order',
      description:
        'The order is found by Identifier.LinkKey or PartnerPO. Accepting makes it Ready to Ship and is not sent to ' +
        'TikTok. Cancelling is for whole orders, before Ready to Ship, with a ChangeReason; what TikTok says shows on ' +
        'the document. The same AcknowledgementNumber with the same content again answers the existing key.',
      schema: Acknowledgement,
      examples: acknowledgementExamples,
      created: CreatedDocumentMessage,
      take: ({ companyId, by, kept }) =>
        createAcknowledgement(deps, { companyId, by, document: kept as JsonObject }),
      takeMany: ({ companyId, by }, documents) =>
        takeAll(
          deps,
          acknowledgementTaking(deps),
          { companyId, by },
          documents.map(({ kept }) => ({ document: kept as JsonObject })),
        ),
    },
    explain: {
      description: 'Every rule with its outcome, and every call to TikTok.',
      answer: AcknowledgementExplanationMessage,
      explain: async (which) => acknowledgementExplanationBody(await explainAcknowledgement(deps.db, which)),
    },
    renderer: acknowledgementRenderer,
    personal: { columns: ['acknowledgements.input'], wipe: wipeAcknowledgementRows },
    effects: [cancelOrderEffect(deps)],
  };
}

/** The receiver of an acknowledgement says how far it is with it; of the seller's own, TikTok decides. */
function forbidOwn(from: number, to: number): string | null {
  const isTried = from === StatusCode.failed || from === StatusCode.ignored;
  if (to === StatusCode.submitted && isTried) return null;
  if (to === StatusCode.ignored && from === StatusCode.failed) return null;
  return 'of an acknowledgement of yours only a failed one can be sent again (Submitted) or given up (Ignored)';
}
