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
  'taken-over': 'The listing is changed from here from now on.',
  'picked-up': 'The file counts as picked up.',
  'delivered-again': 'What was asked for waits to be picked up again.',
  'profile-made': 'The profile is made. Documents that wait for the ERP become files within a minute.',
  'profile-removed': 'The profile is removed. Files that there are stay.',
  'webhook-created': 'The webhook is made. It is told of what changes from now on.',
  'webhook-changed': 'The webhook is changed.',
  'webhook-tested': 'A test was sent.',
  'webhook-rotated': 'The secret is replaced. Messages are signed with both until the old one ends.',
  'webhook-replayed': 'The messages are on their way again, each under its own id.',
  'webhook-removed': 'The webhook is removed.',
  'recipient-created': 'Somebody more is told of alerts.',
  'recipient-changed': 'The recipient is changed.',
  'recipient-removed': 'The recipient is removed, and its address forgotten.',
  matched: 'The match is taken; the next push sends the stock.',
};

export function doneText(request: FastifyRequest): string | null {
  const done = readForm(request.query)('done');
  return Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}
