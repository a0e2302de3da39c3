import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../../formats/json.js';
import { AppError } from '../../kernel/errors.js';
import { object, objects, text, type JsonObject } from '../../logicbroker/json-reading.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import { documentInPath, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { field, filledWith, nothingFilled, problemSummary, type Filled } from '../parts/field.js';
import type { PortalDeps } from '../portal-deps.js';
import { sendPage } from '../send-page.js';
import { requireSession } from '../session-guard.js';
import { valuesOf } from './ship-routes.js';

/** A parcel of a stored shipment: what its cartons have in common. */
interface Parcel {
  tracking: string;
  carrier: string;
}

/** Correcting a shipment: the form has what was sent; what is changed goes the way of PUT Shipments. */
export function registerCorrectPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/shipments/:id/correct', (request, reply) => showForm(deps, request, reply, nothingFilled));

  app.post('/shipments/:id/correct', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'shipment');
    const { companyId, key } = document;
    const read = readForm(request.body);
    const corrected = correctedBy(object(parseJson(document.body)), read);
    try {
      const sent = { companyId, by, key, document: corrected, kept: corrected, check: () => undefined };
      await kindOfType(deps, 'shipment').edit?.change(sent);
      return await reply.redirect(`/shipments/${key}?done=corrected`, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const filled = filledWith(valuesOf(request.body), error, ({ field: path = '' }) =>
        /Tracking/.test(path) ? 'tracking-1' : /Code$/.test(path) ? 'carrier-1' : '',
      );
      return showForm(deps, request, reply.code(error.status), filled);
    }
  });
}

async function showForm(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { document } = await documentInPath(deps, request, 'shipment');
  const { companyId, key, parentKey, reference, errorMessage } = document;
  const record =
    parentKey === null ? null : await findOrderByDocument(deps.db, { companyId, documentKey: parentKey });
  const carriers = record && (await deps.carriersOf(record));
  const parcels = parcelsIn(object(parseJson(document.body)));
  const body = html`${problemSummary(filled)} ${errorMessage && html`<p>TikTok said: ${errorMessage}</p>`}
    <form method="post" action="/shipments/${key}/correct">
      ${csrfField(session)}${parcels.map((parcel, index) => parcelFields(parcel, index + 1, carriers, filled))}
      <div class="row">
        <button>Correct and send</button><a href="/shipments/${key}">Back to the shipment</a>
      </div>
    </form>`;
  return sendPage(reply, {
    title: `Correct shipment ${reference}`,
    session,
    body,
    crumbs: [
      ['/shipments', 'Shipments'],
      [`/shipments/${key}`, `Shipment ${reference}`],
    ],
  });
}

function parcelFields(
  { tracking, carrier }: Parcel,
  nth: number,
  carriers: readonly { id: string; name: string }[] | null,
  filled: Filled,
): Html {
  const keep = ['', carrier ? `as it is (${carrier})` : 'as it is'] as const;
  return html`<section aria-labelledby="parcel-${nth}">
    <h2 id="parcel-${nth}">Parcel ${nth}</h2>
    ${field({ name: `tracking-${nth}`, label: 'Tracking number', value: tracking, filled })}
    ${field({
      name: `carrier-${nth}`,
      label: 'Carrier',
      isOptional: true,
      filled,
      ...(carriers && { choices: [keep, ...carriers.map(({ id, name }) => [id, name] as const)] }),
      ...(carriers === null && { hint: `Now: ${carrier || 'none'}. Empty leaves it.` }),
    })}
  </section>`;
}

/** The parcels in the order of the document: cartons with the same number are one. */
function parcelsIn(document: JsonObject): Parcel[] {
  const parcels = new Map<string, Parcel>();
  for (const info of infosIn(document)) {
    const tracking = text(info['TrackingNumber']) ?? '';
    const carrier = text(info['CarrierCode']) ?? text(info['ReceiverClassCode']) ?? '';
    if (!parcels.has(tracking)) parcels.set(tracking, { tracking, carrier });
  }
  return [...parcels.values()];
}

function infosIn(document: JsonObject): JsonObject[] {
  return objects(document['ShipmentLines']).flatMap((line) => objects(line['ShipmentInfos']));
}

/** The document as it was sent, with other numbers and carriers; it says nothing of a status, which is not for it to say. */
function correctedBy(document: JsonObject, read: (name: string) => string): JsonObject {
  const numbers = parcelsIn(document).map(({ tracking }) => tracking);
  const { StatusCode: _status, ...content } = document;
  const corrected = (info: JsonObject): JsonObject => {
    const nth = numbers.indexOf(text(info['TrackingNumber']) ?? '') + 1;
    const carrier = read(`carrier-${nth}`);
    const { CarrierCode, ReceiverClassCode, ...rest } = info;
    const isId = /^\d+$/.test(carrier);
    const named =
      carrier === ''
        ? { CarrierCode, ReceiverClassCode }
        : { [isId ? 'ReceiverClassCode' : 'CarrierCode']: carrier };
    return { ...rest, ...named, TrackingNumber: read(`tracking-${nth}`) };
  };
  return {
    ...content,
    ShipmentLines: objects(document['ShipmentLines']).map((line) => ({
      ...line,
      ShipmentInfos: objects(line['ShipmentInfos']).map(corrected),
    })),
  };
}
