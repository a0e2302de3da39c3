import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../companies/actor.js';
import { alertKinds } from './alert-kinds.js';
import { switchKindOff, type RecipientDeps } from './manage-recipients.js';
import { isOffSignature, OFF_PATH } from './off-link.js';
import { openLinkSecret } from './recipient-store.js';

const LARGEST_BODY = 1_024;
const PAGE = `${OFF_PATH}/:id/:kind`;

interface OffParams {
  id: string;
  kind: string;
}

/**
 * The links of mails, good without a log-in: the signature says for whom and for which kind. To look at one changes nothing, as
 * mail programs look at links by themselves; the button does, and the mail program's own one (RFC 8058).
 */
export function offPlugin(deps: RecipientDeps): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (_request, _body, done) =>
      done(null, null),
    );
    app.get(PAGE, { schema: { hide: true } }, async (request, reply) => {
      const kind = await kindOf(deps, request);
      if (kind === null) return page(reply, 404, 'This link is not valid any more.');
      return page(reply, 200, `Mails about ${kind}: ${alertKinds[kind]}`, 'Send me no more of them');
    });
    app.post(PAGE, { schema: { hide: true } }, async (request, reply) => {
      const kind = await kindOf(deps, request);
      if (kind === null) return page(reply, 404, 'This link is not valid any more.');
      const { id } = request.params as OffParams;
      await switchKindOff(deps, { id: Number(id), kind, by: actorOf(request) });
      return page(reply, 200, `You get no more mails about ${kind}. All else is as it was.`);
    });
  };
}

async function kindOf({ db, sealer }: RecipientDeps, request: FastifyRequest) {
  const { id, kind } = request.params as OffParams;
  const { signature } = request.query as { signature?: unknown };
  if (!/^\d{1,9}$/.test(id) || !isKind(kind)) return null;
  const secret = await openLinkSecret({ tx: db.prisma, sealer }, Number(id));
  if (secret === null || typeof signature !== 'string') return null;
  if (!isOffSignature({ id: Number(id), secret }, kind, signature)) return null;
  return kind;
}

function isKind(kind: string): kind is keyof typeof alertKinds {
  return Object.hasOwn(alertKinds, kind);
}

/** Who has the link of the mail. */
function actorOf({ params, ip }: FastifyRequest): Actor {
  const { id } = params as OffParams;
  return {
    kind: 'channel',
    id: `alert-recipient-${id}`,
    name: `the link of a mail to recipient ${id}`,
    via: 'api',
    from: ip,
    companies: 'all',
    role: 'program',
  };
}

/** Nothing of what is shown comes from outside. */
function page(reply: FastifyReply, status: number, text: string, button?: string): FastifyReply {
  const form = button === undefined ? '' : `<form method="post"><button>${button}</button></form>`;
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><html lang="en"><title>Alerts</title><body><p>${text}</p>${form}</body></html>`);
}
