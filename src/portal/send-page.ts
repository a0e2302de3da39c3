import type { FastifyReply } from 'fastify';
import { renderPage, type Page } from './layout.js';

/** Pages show what is in the store now and belong to one operator: nothing may keep them. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(renderPage(page));
}
