import { createHash } from 'node:crypto';
import { readGroup, readX12File, type ReadGroup } from '../codecs/x12/x12-documents.js';
import type { Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import { takeFile } from '../documents/take-file.js';
import type { X12Interchange } from '../formats/x12.js';
import { AppError } from '../kernel/errors.js';
import { answerGroups } from './answer-groups.js';
import { lineOf, problemLines, stateOf, type FileVerdict, type ReadFileDeps } from './file-verdict.js';
import { claimInterchange } from './interchange-store.js';
import { partnerOf } from './profiles.js';
import type { FileLine, ReceivedFile } from './received-file.js';
import { takeInventory } from './take-x12-inventory.js';
import { takeReceipts } from './take-receipts.js';
import { partnerOfSender, type Partner } from './x12-partner.js';

interface X12Work {
  file: ReceivedFile;
  bytes: Buffer;
  by: Actor;
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
  for (const [at, interchange] of interchanges.entries())
    verdicts.push(await takeInterchange(deps, { ...work, place: `${work.file.id}:${at}` }, interchange));
  if (verdicts.length === 1) return verdicts[0]!;
  const lines = verdicts.flatMap((one) => one.lines);
  const reasons = verdicts.flatMap(({ reason }) => reason ?? []);
  const isAny = verdicts.some(({ state }) => state === 'taken' || state === 'partly-taken');
  const state = reasons.length > 0 && isAny ? 'partly-taken' : isAny ? stateOf(lines) : verdicts[0]!.state;
  return { state, lines, reason: reasons.length > 0 ? reasons.join(' ') : null };
}

async function takeInterchange(
  deps: ReadFileDeps,
  { file, by, place }: X12Work & { place: string },
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
  await answerGroups(deps, companyId, partner, { read, place });
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
