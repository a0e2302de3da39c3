import type { FastifyReply } from 'fastify';
import { renderPage, SEARCH_PATH, type Page } from './layout.js';
import { readForm } from './forms.js';

/** Pages show what is in the store now and belong to one operator: nothing may keep them. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const { request } = reply;
  const path = request.url.split('?', 1)[0] ?? '';
  const around = request.surroundings ?? { counts: null, isSimulator: false, companyName: null };
  const wanted = path === SEARCH_PATH ? readForm(request.query)('q') : '';
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(renderPage(page, { ...around, path, wanted }));
}
