import { createHash } from 'node:crypto';
import { readTa1 } from '../codecs/x12/read-receipts.js';
import { readGroup, readX12File, type ReadGroup } from '../codecs/x12/x12-documents.js';
import type { Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import { takeFile } from '../documents/take-file.js';
import type { X12Interchange } from '../formats/x12.js';
import { readImport } from '../imports/read-import.js';
import { receive } from '../imports/receive.js';
import { AppError, messageOf } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import { takeControls } from './control-numbers.js';
import { answerDeliveries, insertDelivery, lockDeliveries } from './delivery-store.js';
import { claimInterchange } from './interchange-store.js';
import { isX12, partnerName, partnerOf, profilesOf, type X12DeliveryProfile } from './profiles.js';
import type { FileLine, ReceivedFile } from './received-file.js';
import { lineOf, problemLines, stateOf, type FileVerdict, type ReadFileDeps } from './file-verdict.js';
import { x12Bytes } from './render-file.js';

interface X12Work {
  file: ReceivedFile;
  bytes: Buffer;
  by: Actor;
}

/** The partner of an interchange. */
interface Partner {
  profile: X12DeliveryProfile;
  connectionIds: number[];
}

/**
 * Takes the interchanges of a file by the profile of their sender. Each group but FA is answered by a 997. The same interchange again is answered again and
 * not applied; its number with another content is held: a counter that began anew must not lose shipments.
 * @throws AppError invalid-document where the file is no X12 or breaks off: nothing of it counts then
 */
export async function takeX12File(deps: ReadFileDeps, work: X12Work): Promise<FileVerdict> {
  const interchanges = readX12File(work.bytes);
  if (work.file.dryRun)
    throw new AppError(
      'rule-violated',
      'There is no dry run of X12: send it with the test flag to a test company.',
    );
  const verdicts: FileVerdict[] = [];
  for (const interchange of interchanges) verdicts.push(await takeInterchange(deps, work, interchange));
  if (verdicts.length === 1) return verdicts[0]!;
  const lines = verdicts.flatMap((one) => one.lines);
  const reasons = verdicts.flatMap(({ reason }) => reason ?? []);
  const isAny = verdicts.some(({ state }) => state === 'taken' || state === 'partly-taken');
  const state = reasons.length > 0 && isAny ? 'partly-taken' : isAny ? stateOf(lines) : verdicts[0]!.state;
  return { state, lines, reason: reasons.length > 0 ? reasons.join(' ') : null };
}

async function takeInterchange(
  deps: ReadFileDeps,
  { file, by }: X12Work,
  interchange: X12Interchange,
): Promise<FileVerdict> {
  const { head, groups, ta1, refusal } = interchange;
  const { companyId } = file;
  const partner = await partnerOfSender(deps.db.prisma, companyId, interchange);
  if (!partner) {
    const who = `${head.senderQualifier}:${head.senderId} to ${head.receiverQualifier}:${head.receiverId}`;
    return refused(`Interchange ${head.control}: no delivery profile exchanges X12 from ${who}.`);
  }
  if (refusal) return refused(`Interchange ${head.control}: ${refusal.message} (${refusal.code}).`);
  const sha256 = createHash('sha256')
    .update(JSON.stringify([head, groups, ta1]))
    .digest('hex');
  const sender = `${head.senderQualifier}:${head.senderId}`;
  const control = Number(head.control);
  const standing = await claimInterchange(deps.db.prisma, {
    companyId,
    sender,
    control,
    sha256,
    fileId: file.id,
    now: deps.clock.now(),
  });
  if (standing === 'other') return hold(deps, { file, by }, head.control);
  const read = groups.map((group) => readGroup(group, head.control, partnerOf(partner.profile).codes));
  const lines = standing === 'same' ? [] : await apply(deps, { file, by }, partner, read, ta1);
  await answer(deps, companyId, partner, read);
  if (standing === 'same') {
    const reason = `Interchange ${head.control} came before; it was acknowledged again, and nothing of it was applied twice.`;
    return { state: 'duplicate', lines: [], reason };
  }
  return { state: lines.length === 0 ? 'taken' : stateOf(lines), lines, reason: null };
}

function refused(reason: string): FileVerdict {
  return { state: 'refused', lines: [], reason };
}

async function hold(
  deps: ReadFileDeps,
  { file, by }: Omit<X12Work, 'bytes'>,
  control: string,
): Promise<FileVerdict> {
  const reason = `Interchange ${control} came before with another content, and is held: nothing of it was taken. Has the sender's counter begun anew? Then have it sent with a number that was not used.`;
  await recordEvents(deps.db.prisma, by, [
    {
      companyId: file.companyId,
      event: 'interchange-held',
      summary: `Interchange ${control} came before with another content.`,
      details: reason,
    },
  ]);
  return { state: 'held', lines: [], reason };
}

async function partnerOfSender(tx: Tx, companyId: number, { head }: X12Interchange): Promise<Partner | null> {
  const profiles = await profilesOf(tx, companyId);
  const own = profiles.flatMap(({ connectionId, profile }) => {
    if (!isX12(profile)) return [];
    const { theirs, ours } = profile.x12;
    const isIt =
      theirs.qualifier === head.senderQualifier &&
      theirs.id === head.senderId &&
      ours.qualifier === head.receiverQualifier &&
      ours.id === head.receiverId;
    return isIt ? [{ connectionId, profile }] : [];
  });
  const [first] = own;
  return first ? { profile: first.profile, connectionIds: own.map((one) => one.connectionId) } : null;
}

/** What the groups say. Documents that were taken before, by a process that ended in between, are known. */
async function apply(
  deps: ReadFileDeps,
  { file, by }: Omit<X12Work, 'bytes'>,
  partner: Partner,
  read: readonly ReadGroup[],
  ta1: X12Interchange['ta1'],
): Promise<FileLine[]> {
  const { companyId } = file;
  const lines: FileLine[] = [];
  for (const { documents, inventory, outcomes, group } of read) {
    for (const outcome of outcomes)
      if (outcome.result === 'R' || group.faults.length > 0)
        lines.push({
          Type: outcome.set.id,
          Number: outcome.set.control,
          Errors: [rejection(outcome, group)],
        });
    const taken = await takeFile(deps, { companyId, by }, documents);
    lines.push(...taken.map(lineOf), ...problemLines('order', inventory.problems).map(asInventory));
    if (inventory.rows.length > 0)
      lines.push(...(await takeInventory(deps, { file, by }, partner, inventory.rows)));
  }
  await takeReceipts(deps, companyId, partner, read, ta1, by);
  return lines;
}

function asInventory(line: FileLine): FileLine {
  return { ...line, Type: 'Inventory' };
}

function rejection({ codes, findings }: ReadGroup['outcomes'][number], group: ReadGroup['group']): string {
  const [fault] = group.faults;
  if (fault) return `the group is rejected: ${fault.message} (${fault.code})`;
  const [finding] = findings.filter(({ isFatal }) => isFatal);
  const [element] = finding?.elements ?? [];
  if (!finding) return `the set is rejected (AK5 ${codes.join(' ')})`;
  const place = `segment ${finding.position} (${finding.name})${element ? `, element ${element.element}` : ''}`;
  return `the set is rejected: ${place}, AK304 ${finding.code}${element ? `, AK403 ${element.code}` : ''}`;
}

const COLUMNS = [
  'SupplierSKU',
  'MerchantSKU',
  'UPC',
  'ManufacturerSKU',
  'Quantity',
  'Cost',
  'Warehouse',
  'Description',
];

/** An 846 is an inventory feed of the partner's shops. */
async function takeInventory(
  deps: ReadFileDeps,
  { file, by }: Omit<X12Work, 'bytes'>,
  { connectionIds }: Partner,
  rows: ReadGroup['inventory']['rows'],
): Promise<FileLine[]> {
  const used = COLUMNS.filter((name) => rows.some(({ cells }) => cells[name] !== undefined));
  const cells = rows.map((row) => used.map((name) => quoted(row.cells[name] ?? '')).join(','));
  const csv = Buffer.from([used.join(','), ...cells].map((line) => `${line}\r\n`).join(''));
  const lines: FileLine[] = [];
  for (const connectionId of connectionIds) {
    const options = {
      companyId: file.companyId,
      connectionId,
      feedKind: 'feed',
      via: file.via,
      name: file.fileName,
      by,
    };
    const importId = await receive(deps.imports, oneOf(csv), options);
    // Else a worker reads it within the minute.
    await readImport(deps.imports, importId).catch((error: unknown) => {
      deps.log.warn({ importId, reason: messageOf(error) }, 'the feed of an 846 was not read at once');
    });
    lines.push({ Type: 'Inventory', Number: `import ${importId}` });
  }
  return lines;
}

// eslint-disable-next-line require-await -- a file comes in pieces
async function* oneOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function quoted(cell: string): string {
  return /[",;\t|\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** What the partner says of files of ours. */
async function takeReceipts(
  deps: ReadFileDeps,
  companyId: number,
  { profile }: Partner,
  read: readonly ReadGroup[],
  ta1: X12Interchange['ta1'],
  by: Actor,
): Promise<void> {
  const partner = partnerName(profile);
  const said = read.flatMap(({ receipts }) =>
    receipts.map(({ groupId, control, result, sets, errors }) => ({
      groupId,
      control: Number(control),
      isAccepted: result === 'accepted' || result === 'with-errors',
      reason: [...errors, ...sets.flatMap((set) => set.errors)].join('; ') || null,
    })),
  );
  await deps.db.transaction(async (tx) => {
    for (const one of said) {
      if (!Number.isInteger(one.control)) continue;
      const answered = await answerDeliveries(tx, { companyId, partner, ...one, now: deps.clock.now() });
      if (!one.isAccepted) await tellRejected(tx, by, answered, one.reason);
    }
    for (const segment of ta1) {
      const { control, result, error } = readTa1(segment);
      if (result === 'rejected')
        await recordEvents(tx, by, [
          {
            companyId,
            event: 'delivery-rejected',
            summary: `The partner cannot read interchange ${control.slice(0, 12)}.`,
            details: error ?? 'Its TA1 says so.',
          },
        ]);
    }
  });
}

async function tellRejected(
  tx: Tx,
  by: Actor,
  answered: Awaited<ReturnType<typeof answerDeliveries>>,
  reason: string | null,
): Promise<void> {
  await recordEvents(
    tx,
    by,
    answered.map(({ companyId, connectionId, documentKey, profile, interchangeControl }) => ({
      companyId,
      ...(connectionId !== null && { connectionId }),
      ...(documentKey !== null && { documentKey }),
      event: 'delivery-rejected',
      summary: `The partner of the profile ${profile} has rejected interchange ${interchangeControl}.`,
      details: reason ?? 'Its 997 names no error.',
    })),
  );
}

/** A 997 for each group but FA, with control numbers of its own. */
async function answer(
  deps: ReadFileDeps,
  companyId: number,
  { profile, connectionIds }: Partner,
  read: readonly ReadGroup[],
): Promise<void> {
  const replies = read.flatMap(({ reply }) => reply ?? []);
  if (replies.length === 0) return;
  await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const partner = partnerName(profile);
    await lockDeliveries(tx, companyId);
    for (const reply of replies) {
      const controls = await takeControls(tx, { companyId, partner });
      await insertDelivery(tx, {
        companyId,
        connectionId: connectionIds[0] ?? null,
        profile: profile.name,
        channel: profile.channel,
        format: 'x12',
        kind: '997',
        document: null,
        fileName: `997_${String(controls.interchange).padStart(9, '0')}.edi`,
        state: 'waiting',
        content: x12Bytes(profile, [reply], controls, now),
        x12: { ...controls, groupId: 'FA', partner },
        failure: null,
        now,
      });
    }
  });
}
