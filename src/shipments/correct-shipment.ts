import type { Actor } from '../companies/actor.js';
import { findDocument, recordEvents } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { wakeAll } from '../documents/wake-effects.js';
import { AppError } from '../kernel/errors.js';
import { toIsoSeconds } from '../kernel/time.js';
import { takeOne } from '../orders/take-documents.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import { enqueueAgain } from '../sync/effects/enqueue-again.js';
import { checkSameOrder, notADraft, updateDraftShipment, type DraftChange } from './change-shipment.js';
import { carrierChoices, tryChooseProviders } from './choose-providers.js';
import { findCorrections, type WantedCorrection } from './correction.js';
import { shipmentTaking } from './create-shipment.js';
import { effectNames, type PackagePayload } from './enqueue-packages.js';
import { lockShipment, type LockedShipment } from './lock-shipment.js';
import type { Provider } from './match-provider.js';
import { loadShipment } from './package-to-send.js';
import { finish } from './settle-shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { listPackages, setCorrection, type Correction } from './shipment-store.js';
import { sameTracking } from './tracking-number.js';
import { hasWaiting } from './waiting-shipment.js';

/**
 * Changes a shipment: a draft in all that it says, one that TikTok has in its tracking numbers and carriers, which TikTok
 * takes once for a package and within 72 hours. A failed one takes the new content in the place of what TikTok has refused, as
 * if it were posted again. The same again changes nothing.
 * @throws AppError not-found, invalid-document, rule-violated when it may not be changed, conflict while TikTok is at it
 */
export async function changeShipment(deps: ShipmentDeps, change: DraftChange): Promise<void> {
  const { companyId, key } = change;
  const head = await findDocument(deps.db, { companyId, type: 'shipment', key });
  if (!head) throw new AppError('not-found', `There is no shipment ${key}.`);
  if (head.statusCode === StatusCode.draft) return updateDraftShipment(deps, change);
  const mayBe = head.statusCode === StatusCode.failed || (await hasWaiting(deps.db.prisma, key));
  const isReplaced = mayBe && (await saysMore(deps, change));
  await (isReplaced ? replaceContent(deps, head, change) : correctShipment(deps, change));
}

/** Of a shipment that failed in part: whether the document is about more than the numbers of packages that TikTok has. */
async function saysMore(deps: ShipmentDeps, { companyId, key, document }: DraftChange): Promise<boolean> {
  const input = readShipment(document);
  const held = await loadShipment(deps.db.prisma, { companyId, documentKey: key });
  if (!hasSent(held.packages)) return true;
  try {
    return findCorrections(held, input, deps.clock.now()).length === 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const numbers = input.lines.flatMap(({ cartons }) => cartons.map((carton) => carton.trackingNumber));
    const kept = held.packages.filter(({ state }) => state === 'sent');
    return kept.every((pack) => numbers.some((number) => sameTracking(number, pack.trackingNumber)));
  }
}

/** Planned and sent as a shipment that is posted again under its number: what TikTok has of it by now is adopted. */
async function replaceContent(
  deps: ShipmentDeps,
  head: DocumentHead,
  { companyId, by, document, check }: DraftChange,
): Promise<void> {
  check?.(head);
  const input = readShipment(document);
  checkSameOrder(input.order, head);
  checkSameNumber(input.shipmentNumber, head);
  const taking = shipmentTaking(deps);
  const decide: typeof taking.decide = (asked, facts) => {
    if (asked.replaces) check?.(asked.replaces);
    return taking.decide(asked, facts);
  };
  const orderKey = head.parentKey ?? undefined;
  await takeOne(deps, { ...taking, decide }, { companyId, by }, { orderKey, document });
}

async function correctShipment(deps: ShipmentDeps, change: DraftChange): Promise<void> {
  const { companyId, key, document } = change;
  const input = readShipment(document);
  const held = await loadShipment(deps.db.prisma, { companyId, documentKey: key });
  const early = hasSent(held.packages) ? findCorrections(held, input, deps.clock.now()) : [];
  // TikTok's list of carriers is not waited for while holding a lock.
  const carriers = early.map(({ pack: { position }, carrier }) => ({ position, carrier }));
  const providers =
    carriers.length > 0
      ? await tryChooseProviders(carrierChoices(providerDeps(deps), carriers), held.record, carriers)
      : null;
  const wake = await deps.db.transaction(async (tx) => {
    const locked = await lockShipment(tx, { companyId, key });
    const { head } = locked;
    change.check?.(head);
    const packages = await listPackages(tx, key);
    if (!hasSent(packages)) throw notADraft(head);
    checkSameOrder(input.order, head);
    checkSameNumber(input.shipmentNumber, head);
    const wanted = findCorrections({ ...locked, packages }, input, deps.clock.now());
    const asked = wanted.map((each) => correctionOf(deps, each, providers));
    return ask(tx, { ...locked, by: change.by }, wanted, asked);
  });
  wakeAll(deps, wake);
}

function hasSent(packages: readonly { state: string }[]): boolean {
  return packages.some(({ state }) => state === 'sent');
}

function correctionOf(
  { clock }: ShipmentDeps,
  { pack, trackingNumber, carrier }: WantedCorrection,
  providers: ReadonlyMap<number, Provider> | null,
): Correction {
  const provider = providers?.get(pack.position);
  return {
    trackingNumber,
    from: pack.trackingNumber,
    carrier,
    providerId: provider?.id ?? null,
    carrierName: provider?.name ?? null,
    state: 'pending',
    reason: null,
    askedAt: toIsoSeconds(clock.now()),
  };
}

async function ask(
  tx: Tx,
  locked: LockedShipment & { by: Actor },
  wanted: readonly WantedCorrection[],
  asked: readonly Correction[],
): Promise<bigint[]> {
  const { companyId, key } = locked.head;
  const { connectionId, order } = locked.record;
  const wake: bigint[] = [];
  for (const [index, correction] of asked.entries()) {
    const position = wanted[index]?.pack.position ?? 0;
    await setCorrection(tx, { shipmentKey: key, position }, correction);
    const payload: PackagePayload = { shipmentKey: key, position };
    const carrier = correction.carrier.providerId ?? correction.carrier.carrierCode ?? '';
    const id = await enqueueAgain(tx, {
      companyId,
      connectionId,
      effect: effectNames.correct,
      naturalKey: `${order.tiktokOrderId}:${key}:${position}:${correction.trackingNumber}:${carrier}`,
      orderingKey: `order:${order.tiktokOrderId}`,
      documentKey: key,
      payload,
      lane: 'urgent',
    });
    wake.push(id);
    await recordEvents(tx, locked.by, [
      {
        companyId,
        documentKey: key,
        event: 'document-changed',
        summary: `Tracking number ${correction.from} is to become ${correction.trackingNumber}.`,
      },
    ]);
  }
  if (wake.length > 0) await finish(tx, locked, locked.by, []);
  return wake;
}

function checkSameNumber(shipmentNumber: string, { reference }: DocumentHead): void {
  if (shipmentNumber === reference) return;
  throw new AppError('invalid-document', 'A shipment keeps its number.', {
    details: [{ field: 'ShipmentNumber', message: `this is shipment ${reference}, not ${shipmentNumber}` }],
  });
}
