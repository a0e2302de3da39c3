import { Type } from 'typebox';
import { AppError } from '../kernel/errors.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { StatusesMessage } from '../logicbroker/envelopes.js';
import { statuses } from '../logicbroker/statuses.js';
import {
  documentTypeChoice,
  documentTypeNames,
  documentTypeOf,
  documentTypes,
  type DocumentType,
} from '../logicbroker/document-types.js';

export function statusRoutes(api: Api, version: ApiVersion): void {
  api.get(
    '/Statuses',
    {
      schema: operation(version, 'getStatuses', 'Statuses', 'The statuses of all document types', {
        ok: StatusesMessage,
      }),
    },
    (_request, reply) => sendMessage(reply, { DocumentTypeStatuses: documentTypes.flatMap(statusesOf) }),
  );

  api.get(
    '/Statuses/:documentType',
    {
      schema: operation(version, 'getStatusesOfType', 'Statuses', 'The statuses of one document type', {
        params: Type.Object({
          documentType: Type.String({ description: `${documentTypeChoice()}.` }),
        }),
        ok: StatusesMessage,
      }),
    },
    (request, reply) => {
      const type = documentTypeOf(request.params.documentType);
      if (type) return sendMessage(reply, { DocumentTypeStatuses: statusesOf(type) });
      throw new AppError('not-found', 'There is no such document type.', {
        details: [
          { field: 'documentType', message: `known: ${Object.values(documentTypeNames).join(', ')}` },
        ],
      });
    },
  );
}

/** Logicbroker: DocumentTypeStatus. */
function statusesOf(type: DocumentType): object[] {
  return statuses[type].map(({ code, name, isDefault }) => ({
    DocumentType: documentTypeNames[type],
    StatusDescription: name,
    StatusId: code,
    Default: isDefault,
  }));
}
