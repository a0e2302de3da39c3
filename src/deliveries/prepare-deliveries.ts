import { fileKindOf } from '../codecs/document-shape.js';
import { systemActor } from '../companies/actor.js';
import { listCompanies } from '../companies/company-store.js';
import { recordEvents } from '../documents/document-store.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { HOUR_MS, type Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';
import { takeControls } from './control-numbers.js';
import {
  findUndelivered,
  insertDelivery,
  lockDeliveries,
  supersede,
  type NewDelivery,
} from './delivery-store.js';
import { isX12, partnerName, profilesOf, type ShopProfile } from './profiles.js';
import { fileBytes, nameOfFile, setOf, x12Bytes, type WantedFile } from './render-file.js';

export interface DeliveryDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
}

const AT_ONCE = 100;
/** What a profile or a document forbids is tried again with the next version, or when somebody has changed the profile. */
const TRY_AGAIN_MS = HOUR_MS;
const by = systemActor('deliveries', 'sweep');

/** Makes the files of all documents that wait to be picked up. @returns how many */
export async function prepareAllDeliveries(deps: DeliveryDeps): Promise<number> {
  let count = 0;
  for (const { id } of await listCompanies(deps.db.prisma)) count += await prepareDeliveries(deps, id);
  return count;
}

/** The same of one company. */
export async function prepareDeliveries(deps: DeliveryDeps, companyId: number): Promise<number> {
  let count = 0;
  for (const shop of await profilesOf(deps.db.prisma, companyId))
    for (const type of shop.profile.documents) {
      const kind = deps.kinds.find((one) => one.type === type);
      if (kind) count += await prepareKind(deps, companyId, shop, kind);
    }
  return count;
}

async function prepareKind(
  deps: DeliveryDeps,
  companyId: number,
  { connectionId, profile }: ShopProfile,
  { type, readyStatuses }: DocumentKind,
): Promise<number> {
  for (let count = 0; ;) {
    const made = await deps.db.transaction(async (tx) => {
      const now = deps.clock.now();
      const which = { companyId, connectionId, profile: profile.name, type, statusCodes: readyStatuses, now };
      const probe = await findUndelivered(tx, { ...which, limit: 1 });
      if (probe.length === 0) return 0;
      await lockDeliveries(tx, companyId);
      const wanted = await findUndelivered(tx, { ...which, limit: AT_ONCE });
      for (const file of wanted) await deliver(tx, deps, { companyId, connectionId, profile }, file);
      return wanted.length;
    });
    count += made;
    if (made < AT_ONCE) return count;
  }
}

/**
 * Writes one document for a profile and keeps it, with the control numbers that it takes. What cannot be written is kept as such, and told: who
 * does not hear of a cancellation ships the order.
 */
export async function deliver(
  tx: Tx,
  deps: Pick<DeliveryDeps, 'clock'>,
  { companyId, connectionId, profile }: ShopProfile & { companyId: number },
  file: WantedFile,
): Promise<bigint> {
  const now = deps.clock.now();
  const common = {
    companyId,
    connectionId,
    profile: profile.name,
    channel: profile.channel,
    format: profile.format,
    kind: fileKindOf(file.kind) ?? file.kind,
    document: file,
    fileName: nameOfFile(profile, file),
    now,
  };
  await supersede(tx, { companyId, profile: profile.name, documentKey: file.key, version: file.version });
  try {
    const { content, x12 } = await write(tx, companyId, profile, file, now);
    const row: NewDelivery = { ...common, state: 'waiting', content, x12, failure: null };
    return (await insertDelivery(tx, row)).id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = reasonOf(error);
    const failure = { message, nextAt: new Date(now.getTime() + TRY_AGAIN_MS) };
    const row: NewDelivery = { ...common, state: 'failed', content: null, x12: null, failure };
    const { id, attempts } = await insertDelivery(tx, row);
    if (attempts === 1)
      await recordEvents(tx, by, [
        {
          companyId,
          connectionId,
          documentKey: file.key,
          event: 'delivery-failing',
          summary: `The file for the profile ${profile.name} cannot be written.`,
          details: message,
        },
      ]);
    return id;
  }
}

async function write(
  tx: Tx,
  companyId: number,
  profile: ShopProfile['profile'],
  file: WantedFile,
  now: Date,
): Promise<Pick<NewDelivery, 'content' | 'x12'>> {
  if (!isX12(profile)) return { content: fileBytes(profile, file), x12: null };
  const { set, groupId } = setOf(profile, file);
  const partner = partnerName(profile);
  // Numbers are taken only for what can be written.
  x12Bytes(profile, [set], { interchange: 1, group: 1 }, now);
  const controls = await takeControls(tx, { companyId, partner });
  return { content: x12Bytes(profile, [set], controls, now), x12: { ...controls, groupId, partner } };
}

function reasonOf(error: AppError): string {
  const [detail] = error.details;
  return [error.message, detail && `${detail.field ?? ''} ${detail.message}. ${detail.next ?? ''}`.trim()]
    .filter(Boolean)
    .join(' ');
}
