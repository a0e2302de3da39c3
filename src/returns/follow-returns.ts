import { changeStatus, recordEvents, type NewEvent } from '../documents/document-store.js';
import { refreshDocuments } from '../documents/rerender.js';
import type { DocumentStanding } from '../documents/settle-document.js';
import { toIsoSeconds } from '../kernel/time.js';
import { actionOf, factsOf } from './import-returns.js';
import { returnRenderer } from './render-returns.js';
import { howItCame, openAction, standingOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { saveReturns } from './return-store.js';
import type { ShopReturn } from '../domain/return.js';
import type { ReturnContext, ShownReturn } from './return-context.js';

type Followed = ShownReturn & { record: ReturnRecord };

/**
 * Brings documents to where TikTok has their requests, whoever brought them there: our answers, a person in Seller Center,
 * TikTok at its deadline, the buyer, arbitration. Holds the requests' locks.
 */
export async function followReturns(context: ReturnContext, page: readonly Followed[]): Promise<void> {
  if (page.length === 0) return;
  const { tx, source, by } = context;
  const { companyId } = source.connection;
  await saveReturns(
    tx,
    page.map(({ record, shown }) => ({
      ...factsOf(context, shown),
      id: String(record.id),
      state: 'imported',
      gate: null,
      gateReason: null,
      documentKey: record.documentKey,
      ...actionOf({ shown, answers: record.answers }),
      orderedAt: record.orderedAt,
      lines: record.lines,
      words: record.wipedAt ? null : (record.words ?? context.details.get(shown.returnId)?.words ?? null),
    })),
  );
  const keys = page.flatMap(({ record }) => record.documentKey ?? []);
  await refreshDocuments(tx, returnRenderer, { companyId, keys });
  await moveDocuments(context, page);
  await recordEvents(
    tx,
    by,
    page.flatMap((followed) => eventsOf(context, followed)),
  );
}

/** One statement per status and reason, of which a page has few. */
async function moveDocuments({ tx, source, by }: ReturnContext, page: readonly Followed[]): Promise<void> {
  const groups = new Map<string, { standing: DocumentStanding; keys: number[] }>();
  for (const { record, shown } of page) {
    if (!moves(record, shown) || record.documentKey === null) continue;
    const standing = standingOf({ shown, answers: record.answers });
    const name = JSON.stringify(standing);
    const group = groups.get(name) ?? { standing, keys: [] };
    groups.set(name, group);
    group.keys.push(record.documentKey);
  }
  const { companyId } = source.connection;
  for (const { standing, keys } of groups.values()) {
    if (standing.to === null) continue;
    const { to, errorMessage } = standing;
    await changeStatus(tx, { companyId, keys, type: 'return', to, errorMessage, by });
  }
}

/** What a person has set by hand stays until the request itself moves on. */
function moves(record: ReturnRecord, shown: ShopReturn): boolean {
  return record.shown.stage !== shown.stage || askedIn(record.shown) !== askedIn(shown);
}

function askedIn({ nextActions }: ShopReturn): string | null {
  return nextActions[0]?.action ?? null;
}

function eventsOf({ source }: ReturnContext, { record, shown }: Followed): NewEvent[] {
  const { companyId, id: connectionId } = source.connection;
  const { documentKey } = record;
  if (documentKey === null) return [];
  const common = { companyId, connectionId, documentKey };
  const events: NewEvent[] = [];
  if (record.shown.statusText !== shown.statusText) {
    const isEnd = standingOf({ shown, answers: record.answers }).errorMessage !== null;
    events.push({
      ...common,
      event: isEnd ? 'return-closed' : 'return-changed',
      summary: `TikTok moved the request from ${record.shown.statusText} to ${shown.statusText}.`,
      details: howItCame(record, shown),
    });
  }
  if (record.shown.arbitration !== shown.arbitration && shown.arbitration !== null) {
    const summary = `TikTok's customer service: ${shown.arbitration}.`;
    events.push({ ...common, event: 'return-changed', summary });
  }
  const before = openAction(record)?.action;
  const next = openAction({ shown, answers: record.answers });
  if (next && next.action !== before) {
    events.push({
      ...common,
      event: 'return-answer-wanted',
      summary: `TikTok asks the seller: ${next.action}.`,
      ...(next.deadline
        ? { details: `Until ${toIsoSeconds(next.deadline)}; TikTok decides by itself then.` }
        : {}),
    });
  }
  return events;
}
