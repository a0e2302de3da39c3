import type { FastifyInstance } from 'fastify';

import type { SimulatorControl } from './control/control.js';
import { ControlError } from './control/control-error.js';
import { html, type Html } from './oauth/html.js';
import type { Order } from './state/model.js';

/** What a visitor of the page can let people and carriers do, and in which status it is worth a button. */
const buttons = {
  pay: { label: 'Pay', when: ['UNPAID'] },
  seller_ship: { label: 'Ship by hand', when: ['AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING'] },
  carrier_collect: { label: 'Scan', when: ['AWAITING_COLLECTION'] },
  carrier_deliver: { label: 'Deliver', when: ['AWAITING_COLLECTION', 'IN_TRANSIT'] },
  complete: { label: 'Complete', when: ['DELIVERED'] },
  buyer_cancel: { label: 'Buyer cancels', when: ['UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT'] },
  system_cancel: { label: 'TikTok cancels', when: ['ON_HOLD', 'AWAITING_SHIPMENT', 'AWAITING_COLLECTION'] },
} as const;
type ButtonAct = keyof typeof buttons;

function isButtonAct(text: string): text is ButtonAct {
  return Object.hasOwn(buttons, text);
}

/** The buttons of one order: plain forms, for the page works without scripts. */
export function actButtons({ id, status }: Order): Html[] {
  return Object.entries(buttons).flatMap(([act, { label, when }]) =>
    when.some((one) => one === status)
      ? [
          html`<form method="post" action="/_pages/acts">
            <input type="hidden" name="order" value="${id}" />
            <button class="small" name="act" value="${act}">${label}</button>
          </form>`,
        ]
      : [],
  );
}

/** Takes the buttons' forms. Whoever may not use the control API may not press them either. */
export function registerActForms(
  server: FastifyInstance,
  options: { control: SimulatorControl; mayControl: (address: string) => boolean },
): void {
  server.post('/_pages/acts', (request, reply) => {
    if (!options.mayControl(request.socket.remoteAddress ?? ''))
      return reply.code(404).type('text/plain').send('the control API answers this machine only');
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const act = form.get('act') ?? '';
    if (!isButtonAct(act)) return reply.code(400).type('text/plain').send('no such button');
    try {
      options.control.act(form.get('order') ?? '', { type: act });
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return reply.code(error.statusCode).type('text/plain').send(error.message);
    }
    return reply.redirect('/', 303);
  });
}
