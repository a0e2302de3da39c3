import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { isStoreFull, isStoreUnavailable } from '../store/database.js';
import { html, type Html } from './html.js';
import { notice } from './layout.js';
import { pageOfForm } from './forms.js';
import { sendPage } from './send-page.js';

/** What went wrong and what to do, as a page. Faults of ours show only the request's id, which is in the log. */
export function sendErrorPage(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const shown = isStoreFull(error)
    ? new AppError('service-unavailable', 'The store has no room just now. An operator has to make some.')
    : isStoreUnavailable(error)
      ? new AppError('service-unavailable', 'The store cannot be reached just now. Try again in a moment.')
      : error instanceof AppError && error.status !== 500
        ? error
        : null;
  const status = shown?.status ?? clientStatus(error) ?? 500;
  // A configuration error is for the operator to read, although it is answered with 500.
  const configuration = error instanceof AppError && error.code === 'configuration-invalid' ? error : null;
  if (status >= 500) log.error({ err: error, requestId: request.id }, 'page failed');
  const known = shown ?? configuration;
  const body = html`${known ? explanation(known) : notice('bad', `Something went wrong here. Request ${request.id}.`)}
    <p><a href="${pageOfForm(request.url)}">Back</a></p>`;
  return sendPage(reply.code(status), { title: titleOf(status), session: request.operatorSession, body });
}

function explanation(error: AppError): Html[] {
  if (error.details.length === 0) return [notice('bad', error.message)];
  const first = error.details[0]?.message === error.message ? [] : [notice('bad', error.message)];
  return [...first, ...error.details.map(({ message, next }) => notice('bad', message, next))];
}

/** Errors of Fastify itself, such as a body that is too large. */
function clientStatus(error: Error): number | null {
  const status = 'statusCode' in error ? Number(error.statusCode) : 0;
  return status >= 400 && status < 500 ? status : null;
}

function titleOf(status: number): string {
  if (status === 404) return 'Not found';
  return status >= 500 ? 'Something went wrong' : 'This did not work';
}
