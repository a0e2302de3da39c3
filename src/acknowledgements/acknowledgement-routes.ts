import type { DocumentDefinition, StatusByHand } from '../documents/document-definition.js';
import { documentRoutes, type DocumentRouteDeps } from '../documents/document-routes.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { Acknowledgement, acknowledgementExamples } from '../logicbroker/acknowledgement-schema.js';
import {
  AcknowledgementArrayResponse,
  AcknowledgementMessage,
  AcknowledgementsV1,
  CreatedDocumentMessage,
} from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import { explainAcknowledgementRoute } from './explain-acknowledgement-routes.js';

/** What the routes ask of the domain. All throw AppError. */
export interface AcknowledgementCommands {
  /**
   * `kept` is the v3 document as it was sent, validated, every number in its own digits. Same number and content again
   * answers the existing key with `created: false`.
   */
  create(inputs: { companyId: number; kept: unknown }): Promise<{ key: number; created: boolean }>;
  /** In the transaction in which a caller has moved acknowledgements: a refused cancellation is sent once more. */
  movedByHand: NonNullable<StatusByHand['moved']>;
  /** Before that: acknowledgements are changed under the locks of their orders. */
  lockByHand: NonNullable<StatusByHand['lockFirst']>;
}

export interface AcknowledgementRouteDeps extends DocumentRouteDeps {
  acknowledgements: AcknowledgementCommands;
}

function acknowledgementDefinition({ movedByHand, lockByHand }: AcknowledgementCommands): DocumentDefinition {
  return {
    type: 'acknowledgement',
    path: 'Acknowledgements',
    noun: 'Acknowledgement',
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
      moved: movedByHand,
      lockFirst: lockByHand,
    },
    schemas: {
      message: AcknowledgementMessage,
      arrayResponse: AcknowledgementArrayResponse,
      v1List: AcknowledgementsV1,
    },
  };
}

/** The receiver of an acknowledgement sets its status; TikTok decides about those that the seller sends. */
function forbidOwn(from: number, to: number): string | null {
  const isTried = from === StatusCode.failed || from === StatusCode.ignored;
  if (to === StatusCode.submitted && isTried) return null;
  if (to === StatusCode.ignored && from === StatusCode.failed) return null;
  return 'of an acknowledgement of yours only a failed one can be sent again (Submitted) or given up (Ignored)';
}

export function acknowledgementRoutes(api: Api, version: ApiVersion, deps: AcknowledgementRouteDeps): void {
  const definition = acknowledgementDefinition(deps.acknowledgements);
  documentRoutes(api, version, definition, deps);
  explainAcknowledgementRoute(api, version, definition, deps);

  api.post(
    '/Acknowledgements',
    {
      config: { bodyExamples: acknowledgementExamples },
      schema: operation(version, 'createAcknowledgement', 'Acknowledgements', 'Accept or cancel an order', {
        description:
          'The order is found by Identifier.LinkKey or PartnerPO. Accepting makes it Ready to Ship and is not sent to ' +
          'TikTok. Cancelling is for whole orders, before Ready to Ship, with a ChangeReason; what TikTok says shows on ' +
          'the document. The same AcknowledgementNumber with the same content again answers the existing key.',
        body: ref(Acknowledgement),
        ok: CreatedDocumentMessage,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { key } = await deps.acknowledgements.create({ companyId, kept: request.received?.kept });
      reply.header('location', `/api/${version}/Acknowledgements/${key}`);
      const body = { LogicbrokerKey: String(key), TransformationResults: [] };
      return sendMessage(reply, body, 201, 'Created');
    },
  );
}
