import type { Connection } from '../../connections/connection.js';
import { documentNoun } from '../../logicbroker/document-types.js';
import { DAY_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';
import type { Look } from '../parts/chip.js';
import { queryWith } from '../parts/list-parts.js';
import { flowWords } from '../parts/run-words.js';
import { showTime } from '../parts/times.js';
import type { Reach } from '../reach.js';
import type { ShopFacts } from './dashboard-report.js';
import {
  failedGroups,
  requestGroups,
  troubledFiles,
  unmatchedGroups,
  waitingGroups,
  type FailedGroup,
  type RequestGroup,
} from './problem-report.js';

/** Something that calls for a person, with the one next step. */
export interface Need {
  look: Look;
  what: string;
  /** Whose it is: the shop. */
  where: string;
  why: string;
  /** Null where nobody knows. */
  since: Date | null;
  count: number;
  href: string;
  step: string;
  /** Failed documents: the group that can be sent again at once. */
  failed?: FailedGroup;
}

const TOKEN_WARN_DAYS = 30;

/** What needs somebody now, the most urgent first: what stands still, what failed, what waits for an answer, what is incomplete. */
export async function findNeeds(
  tx: Tx,
  reach: Reach,
  facts: ReadonlyMap<number, ShopFacts>,
  now: Date,
): Promise<Need[]> {
  const { companyIds, connections } = reach;
  const connectionIds = connections.map(({ id }) => id);
  const [failed, waiting, requests, unmatched, files] = await Promise.all([
    failedGroups(tx, companyIds),
    waitingGroups(tx, companyIds),
    requestGroups(tx, companyIds),
    unmatchedGroups(tx, connectionIds),
    troubledFiles(tx, connectionIds, now),
  ]);
  const named = (id: number): string => shopName(connections.find((each) => each.id === id));
  return [
    ...connections.flatMap((connection) => ofConnection(connection, facts.get(connection.id), now)),
    ...failed.map((group) => ofFailed(group, named(group.connectionId))),
    ...waiting.map(({ connectionId, count, since }): Need => ({
      look: 'bad',
      what: 'Waits for a person',
      where: named(connectionId),
      why: 'Nobody knows whether TikTok has carried out a call. Look at the order in Seller Center, then decide.',
      since,
      count,
      href: `/connections/${connectionId}#waiting`,
      step: 'Decide',
    })),
    ...requests.map((group) => ofRequest(group, named(group.connectionId))),
    ...files.map(({ id, connectionId, state, fileName, errors, rows, reason, finishedAt }): Need => ({
      look: state === 'applied' ? 'warn' : 'bad',
      what: state === 'held' ? 'File is held' : state === 'refused' ? 'File refused' : 'Rows not taken',
      where: `${fileName ?? `import ${id}`}, ${named(connectionId)}`,
      why: reason ?? `${errors} of ${rows} rows were not taken.`,
      since: finishedAt,
      count: state === 'applied' ? errors : rows,
      href: `/feeds/${id}`,
      step: state === 'held' ? 'Confirm or refuse' : 'See the rows',
    })),
    ...unmatched.map(({ connectionId, count }): Need => ({
      look: 'warn',
      what: 'SKUs without a match',
      where: named(connectionId),
      why: 'They are not sent to TikTok, and orders carry the seller SKU.',
      since: null,
      count,
      href: `/inventory${queryWith({ shop: String(connectionId), view: 'unmatched' })}`,
      step: 'Match them',
    })),
  ];
}

export function shopName(connection: Connection | undefined): string {
  if (!connection) return 'closed shop';
  const { name, shopRegion } = connection;
  return shopRegion ? `${name} (${shopRegion})` : name;
}

function ofConnection(connection: Connection, facts: ShopFacts | undefined, now: Date): Need[] {
  const { id, status, statusReason } = connection;
  const common = { where: shopName(connection), since: null, count: 1, href: `/connections/${id}` };
  if (status === 'needs_reauthorization') {
    const why = `${statusReason ?? 'TikTok no longer accepts the authorisation.'} All schedules of this shop stand still; nothing is lost.`;
    return [{ ...common, look: 'bad', what: 'Authorisation ended', why, step: 'Connect again' }];
  }
  if (status === 'draft') {
    const why = 'The shop is not connected yet.';
    return [{ ...common, look: 'idle', what: 'Connection not finished', why, step: 'Go on' }];
  }
  if (status !== 'active') return [];
  const needs: Need[] = [];
  const endsAt = facts?.tokenEndsAt;
  if (endsAt && endsAt.getTime() - now.getTime() < TOKEN_WARN_DAYS * DAY_MS) {
    const why = `The seller's consent ends at ${showTime(endsAt)}. Press Connect before that.`;
    needs.push({ ...common, look: 'warn', what: 'Authorisation ends soon', why, step: 'Connect again' });
  }
  for (const name of facts?.failing ?? []) {
    const why = `${flowWords(name)}: the last run failed; it is tried again by itself.`;
    const href = `/runs${queryWith({ shop: String(id), flow: name, outcome: 'failed' })}`;
    needs.push({ ...common, look: 'bad', what: 'Schedule fails', why, href, step: 'See the runs' });
  }
  return needs;
}

function ofFailed(group: FailedGroup, where: string): Need {
  const { type, connectionId, reason, message, count, first, key } = group;
  const noun = documentNoun(type);
  const drill = queryWith({ type, shop: String(connectionId), reason });
  return {
    look: 'bad',
    what: `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)} failed`,
    where,
    why: message || 'No reason is known.',
    since: first,
    count,
    href: count === 1 ? `/${noun}s/${key}` : `/problems/documents${drill}`,
    step: count === 1 ? 'Look and mend' : 'See them',
    failed: group,
  };
}

const requestTexts: Record<RequestGroup['kind'], Pick<Need, 'what' | 'why' | 'step'>> = {
  'cancellation-request': {
    what: 'Buyer asks to cancel',
    why: 'Nobody has answered; TikTok approves by itself at the deadline.',
    step: 'Answer',
  },
  'return-answer': {
    what: 'Return to answer',
    why: 'Nobody has answered; TikTok approves by itself at the deadline.',
    step: 'Answer',
  },
  'refund-request': {
    what: 'Refund request',
    why: 'To be answered in TikTok Seller Center; as a rule the buyer is refunded at the deadline.',
    step: 'Look',
  },
};

function ofRequest({ kind, connectionId, count, dueAt }: RequestGroup, where: string): Need {
  const { what, why, step } = requestTexts[kind];
  const href = `/deadlines${queryWith({ kind, shop: String(connectionId) })}`;
  return {
    look: 'warn',
    what,
    where,
    why: `${why} The first is due at ${showTime(dueAt)}.`,
    since: null,
    count,
    href,
    step,
  };
}
