import type { FastifyRequest } from 'fastify';
import { mayReach } from '../companies/permissions.js';
import type { CompanyActor } from '../documents/change-status-by-hand.js';
import type { DocumentKind } from '../documents/document-kind.js';
import type { StoredDocument } from '../documents/document.js';
import { findDocument } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import { documentNoun, type DocumentType } from '../logicbroker/document-types.js';
import { readId } from './forms.js';
import type { PortalDeps } from './portal-deps.js';
import { ownerOf } from './reports/document-report.js';
import { actorOf } from './session-guard.js';

/**
 * The document that a path names, and who acts on it: a person acts in the name of the document's company. Another company's
 * is not there.
 * @throws AppError not-found
 */
export async function documentInPath(
  deps: PortalDeps,
  request: FastifyRequest,
  type: DocumentType,
): Promise<{ document: StoredDocument; by: CompanyActor }> {
  return documentOf(deps, request, { type, key: readId(request.params) });
}

export async function documentOf(
  deps: PortalDeps,
  request: FastifyRequest,
  which: { type: DocumentType; key: number },
): Promise<{ document: StoredDocument; by: CompanyActor }> {
  const by = actorOf(request);
  const owner = await ownerOf(deps.db.prisma, which);
  const document =
    owner && mayReach(by, owner.companyId)
      ? await findDocument(deps.db, { ...which, companyId: owner.companyId })
      : null;
  if (!document) throw new AppError('not-found', `There is no ${documentNoun(which.type)} ${which.key}.`);
  return { document, by: { ...by, companyId: document.companyId } };
}

/** The definition of a kind of document. */
export function kindOfType({ kinds }: PortalDeps, type: DocumentType): DocumentKind {
  const kind = kinds.find((each) => each.type === type);
  if (kind) return kind;
  throw new AppError('not-found', 'There is no page at this address.');
}
