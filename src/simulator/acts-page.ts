import type { FastifyInstance } from 'fastify';

import type { SimulatorControl } from './control/control.js';
import { ControlError } from './control/control-error.js';
import { html, type Html } from './oauth/html.js';
import type { Order } from './state/model.js';
import type { Product } from './state/product.js';

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

/** What a visitor can let TikTok and the seller do to a product. */
const productButtons = {
  audit_approves: { label: 'Audit passes', when: isReviewed },
  audit_refuses: { label: 'Audit refuses', when: isReviewed },
  seller_deactivates: { label: 'Seller deactivates', when: ({ status }: Product) => status === 'ACTIVATE' },
  platform_deactivates: { label: 'TikTok deactivates', when: ({ status }: Product) => status === 'ACTIVATE' },
  seller_activates: {
    label: 'Seller activates',
    when: ({ status }: Product) => status.endsWith('_DEACTIVATED'),
  },
  platform_freezes: { label: 'TikTok freezes', when: ({ status }: Product) => status === 'ACTIVATE' },
  platform_unfreezes: { label: 'Appeal granted', when: ({ status }: Product) => status === 'FREEZE' },
} as const;
type ProductButton = keyof typeof productButtons;

function isReviewed({ status, review }: Product): boolean {
  return status === 'PENDING' || review !== undefined;
}

function isProductButton(text: string): text is ProductButton {
  return Object.hasOwn(productButtons, text);
}

const refusedByHand = [
  { position: 'Product Name', reasons: ['Refused by hand, on the page of the simulator'] },
];

/** The buttons of one product. */
export function productActButtons(product: Product): Html[] {
  return Object.entries(productButtons).flatMap(([act, { label, when }]) =>
    when(product)
      ? [
          html`<form method="post" action="/_pages/acts">
            <input type="hidden" name="product" value="${product.id}" />
            <button class="small" name="act" value="${act}">${label}</button>
          </form>`,
        ]
      : [],
  );
}

function pressed(control: SimulatorControl, form: URLSearchParams, act: string): boolean {
  if (isProductButton(act)) {
    const id = form.get('product') ?? '';
    control.productAct(id, act === 'audit_refuses' ? { type: act, reasons: refusedByHand } : { type: act });
    return true;
  }
  if (!isButtonAct(act)) return false;
  control.act(form.get('order') ?? '', { type: act });
  return true;
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
    try {
      if (!pressed(options.control, form, act))
        return reply.code(400).type('text/plain').send('no such button');
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return reply.code(error.statusCode).type('text/plain').send(error.message);
    }
    return reply.redirect('/', 303);
  });
}
