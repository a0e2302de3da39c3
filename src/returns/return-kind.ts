import type { DocumentKind } from '../documents/document-kind.js';
import { CreatedDocumentMessage, CreatedMessage } from '../logicbroker/envelopes.js';
import { ReturnExplanationMessage } from '../logicbroker/explanation-schema.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { Return, returnEnvelopes, returnExamples } from '../logicbroker/return-schema.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { answerReturn } from './answer-return.js';
import { returnEffects } from './approve-effect.js';
import { explainReturn } from './explain-return.js';
import { explainUnseenReturnRoute } from './explain-return-routes.js';
import { returnStatusByHand } from './move-by-hand.js';
import { returnRenderer } from './render-returns.js';
import { wipeReturnRows } from './wipe-return-rows.js';
import { returnExplanationBody } from './return-explanation-body.js';
import type { ReturnDeps } from './return-deps.js';

const MOST_RETURNS_OF_AN_ORDER = 500;

const ANSWERS =
  "Answers a buyer's request, found by ReturnNumber; it never makes a document of its own. The first answer accepts the " +
  'request (StatusCode 600, or none). The second gives the money back and must say so: StatusCode 1000. An answer is ' +
  'for the whole request; refusals and partial refunds are made in TikTok Seller Center. What TikTok says shows on the ' +
  'return. The same content again answers the same key.';

/** Returns come from TikTok; what callers post are answers, which are no documents of their own. */
export function returnKind(deps: ReturnDeps): DocumentKind {
  return {
    type: 'return',
    about: "What buyers want to give back, and the seller's two answers.",
    listName: 'Returns',
    bodyName: null,
    readyStatuses: [StatusCode.underReview],
    eventsPaths: [],
    byHand: {
      moves: {
        [StatusCode.ignored]: [StatusCode.underReview, StatusCode.responseReceived, StatusCode.failed],
      },
      refusals: {
        [StatusCode.underReview]: 'a return is under review as long as TikTok waits for the first answer',
        [StatusCode.processing]: 'a return is processing while an answer is on its way to TikTok',
      },
      noStatus: {
        pattern: /^(reject|refus|den(y|ied)|declin|cancel)/i,
        message: 'A return cannot be refused here.',
        next: 'Refuse it in TikTok Seller Center; it is followed from there.',
      },
      ...returnStatusByHand(deps),
    },
    envelopes: returnEnvelopes,
    post: {
      verb: 'answer',
      summary: 'Answer a return request',
      description: ANSWERS,
      schema: Return,
      examples: returnExamples,
      created: CreatedDocumentMessage,
      take: ({ companyId, by, orderKey, kept }) =>
        answerReturn(deps, { companyId, by, orderKey, document: kept as JsonObject }),
    },
    ofOrder: {
      most: MOST_RETURNS_OF_AN_ORDER,
      post: {
        summary: 'Answer a return request for this order',
        description: 'As POST Returns, for a return of the order in the path.',
        created: CreatedMessage,
      },
    },
    explain: {
      description: 'Every rule with its outcome, the answers, and every call to TikTok.',
      answer: ReturnExplanationMessage,
      explain: async (which) => returnExplanationBody(await explainReturn(deps, which)),
    },
    renderer: returnRenderer,
    personal: {
      columns: ['returns.personal', 'returns.data', 'return_answers.reason'],
      wipe: wipeReturnRows,
    },
    effects: returnEffects(deps),
    routes: (api, version) => explainUnseenReturnRoute(api, version, deps),
  };
}
