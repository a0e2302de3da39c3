import type { FastifyRequest } from 'fastify';
import { readForm } from '../forms.js';

/** What a page says after a redirect. Only these texts: a link cannot put words into the page. */
const texts: Record<string, string> = {
  looked: 'TikTok was asked just now, and this is what it shows.',
  shipped: 'The shipment is taken and on its way to TikTok; its state shows here within seconds.',
  corrected: 'The correction is taken and on its way to TikTok; its state shows here within seconds.',
  accepted: 'The order is accepted.',
  cancelling: 'TikTok is asked to cancel the order; its answer shows here within seconds.',
  status: 'The status is set.',
  confirmed: 'The file is applied.',
  refused: 'The file is forgotten: nothing more of it is applied.',
  matched: 'The match is taken; the next push sends the stock.',
};

export function doneText(request: FastifyRequest): string | null {
  const done = readForm(request.query)('done');
  return Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}
