import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import { AppError } from '../../kernel/errors.js';
import { runNowForm } from '../connection-list.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card, facts } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager } from '../parts/list-parts.js';
import { countWords, flowWords, outcomeWords } from '../parts/run-words.js';
import { moment, showTime, span } from '../parts/times.js';
import { valueTree } from '../parts/value-tree.js';
import type { FlowLine, PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices, type Reach } from '../reach.js';
import { shopName } from '../reports/needs-report.js';
import { cursorOf, findRun, lastCounts, runRows, type RunRow } from '../reports/run-report.js';
import { sendPage } from '../send-page.js';
import { runCalls } from './run-calls.js';
import { actorOf, requireSession } from '../session-guard.js';

const NAMES = ['shop', 'flow', 'outcome', 'after', 'asked'] as const;
const OUTCOMES = ['done', 'nothing-to-do', 'failed', 'paused', 'throttled'];
const LOOK_AGAIN_SECONDS = 2;

/** Schedules of all shops, and what their runs brought. A run that somebody has asked for is followed to its end. */
export function registerRunPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/runs', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { prisma } = deps.db;
    const now = deps.clock.now();
    const query = readQuery(request.query, NAMES);
    const reach = await reachOf(prisma, by);
    const shop = chosenShop(reach, query.shop);
    const connectionIds = shop ? [shop.id] : reach.connections.map(({ id }) => id);
    const all = (await Promise.all(reach.companyIds.map((id) => deps.listFlows(id)))).flat();
    const flows = all.filter(
      ({ connectionId }) => connectionId !== null && connectionIds.includes(connectionId),
    );
    const shownFlows = flows.filter(({ flow }) => query.flow === '' || flow.name === query.flow);
    const counts = await lastCounts(
      prisma,
      shownFlows.map(({ id }) => id),
    );
    const rows = await runRows(prisma, { ...query, connectionIds, limit: PAGE_SIZE + 1 });
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    const asked = askedRun(query.asked, rows, shownFlows);
    if (asked.ended) return reply.redirect(`/runs/${String(asked.ended.id)}?done=run`, 303);
    const mayRun = may(by, 'operate');
    const names = [...new Set(flows.map(({ flow }) => flow.name))];
    const body = html`${
        asked.since &&
        notice(
          'good',
          'A run was asked for; this page follows it to its end.',
          `Asked at ${showTime(asked.since)}.`,
        )
      }
      ${filters('/runs', { ...query, asked: '' }, [
        { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
        { name: 'flow', label: 'Schedule', choices: names.map((name) => [name, flowWords(name)]) },
        { name: 'outcome', label: 'Outcome', choices: OUTCOMES.map((name) => [name, outcomeWords(name)]) },
      ])}
      <div class="stack">
        ${card({
          id: 'schedules',
          title: 'Schedules',
          isFull: true,
          body: flowTable({ flows: shownFlows, counts, reach, now, mayRun, session }),
        })}
        ${card({ id: 'runs', title: 'Runs', isFull: true, body: runTable(shown, reach, now) })}
      </div>
      ${pager('/runs', { ...query, asked: '' }, shown.length, rows.length > PAGE_SIZE && last ? cursorOf(last) : null)}`;
    return sendPage(reply, {
      title: 'Runs and schedules',
      session,
      body,
      refreshSeconds: asked.since ? LOOK_AGAIN_SECONDS : undefined,
    });
  });

  app.get('/runs/:run', async (request, reply) => {
    const session = requireSession(request);
    const { prisma } = deps.db;
    const reach = await reachOf(prisma, actorOf(request));
    const text = readForm(request.params)('run');
    const run = /^\d{1,18}$/.test(text) ? await findRun(prisma, reach.companyIds, BigInt(text)) : null;
    if (!run) throw new AppError('not-found', 'There is no such run.');
    const body = html`${
      readForm(request.query)('done') === 'run' &&
      notice('good', `The run has ended: ${countWords(run.counts)}.`)
    }
    ${run.error && notice('bad', run.error)} ${runFacts(run, reach)} ${runCalls(run.calls)}`;
    return sendPage(reply, {
      title: `${flowWords(run.flow)}, run ${text}`,
      session,
      body,
      crumbs: [['/runs', 'Runs and schedules']],
      beside: outcomeChip(run.outcome),
    });
  });
}

/** The run that somebody has asked for: still to come or under way, or ended. */
function askedRun(
  text: string,
  rows: readonly RunRow[],
  flows: readonly FlowLine[],
): { since: Date | null; ended: RunRow | null } {
  const since = /^\d{10,15}$/.test(text) ? new Date(Number(text)) : null;
  if (!since) return { since: null, ended: null };
  const ended = rows.find(({ startedAt, finishedAt }) => finishedAt !== null && startedAt >= since) ?? null;
  const isRunning = flows.some(({ running }) => running);
  return { since, ended: isRunning ? null : ended };
}

interface FlowTableView {
  flows: readonly FlowLine[];
  counts: ReadonlyMap<bigint, Record<string, number>>;
  reach: Reach;
  now: Date;
  mayRun: boolean;
  session: Parameters<typeof runNowForm>[0];
}

function flowTable({ flows, counts, reach, now, mayRun, session }: FlowTableView): Html {
  const shopOf = (id: number | null) => reach.connections.find((each) => each.id === id);
  return dataTable({
    caption: 'Schedules',
    rows: flows,
    empty: 'Schedules start when a shop is connected.',
    columns: [
      {
        title: 'Schedule',
        cell: ({ flow }) => html`${flowWords(flow.name)}<span class="sub">${flow.description}</span>`,
      },
      { title: 'Shop', cell: ({ connectionId }) => shopName(shopOf(connectionId)) },
      {
        title: 'Last',
        cell: ({ running, lastOutcome, lastFinishedAt, lastError }) =>
          html`${running ? chip('info', 'running') : outcomeChip(lastOutcome)}
          ${moment(lastFinishedAt, now, '')}${lastError && html`<span class="sub">${lastError}</span>`}`,
      },
      { title: 'Brought', cell: ({ id }) => (counts.has(id) ? countWords(counts.get(id) ?? null) : '–') },
      {
        title: 'Next',
        cell: ({ connectionId, nextAttemptAt }) =>
          shopOf(connectionId)?.status === 'active' ? moment(nextAttemptAt, now) : 'stands still',
      },
      {
        title: 'Action',
        isQuiet: true,
        cell: (flow) => mayRun && shopOf(flow.connectionId)?.status === 'active' && runNowForm(session, flow),
      },
    ],
  });
}

function runTable(rows: readonly RunRow[], reach: Reach, now: Date): Html {
  return dataTable({
    caption: 'Runs',
    rows,
    empty: 'No run yet.',
    columns: [
      {
        title: 'Run',
        cell: ({ id, flow }) =>
          html`<a href="/runs/${String(id)}">${flowWords(flow)}</a
            ><span class="sub">run ${String(id)}</span>`,
      },
      {
        title: 'Shop',
        cell: ({ connectionId }) => shopName(reach.connections.find(({ id }) => id === connectionId)),
      },
      { title: 'Began', cell: ({ startedAt }) => moment(startedAt, now) },
      {
        title: 'Took',
        isNumber: true,
        cell: ({ startedAt, finishedAt }) =>
          finishedAt ? span(Math.max(0, finishedAt.getTime() - startedAt.getTime())) : '–',
      },
      {
        title: 'Outcome',
        cell: ({ outcome, error }) =>
          html`${outcomeChip(outcome)}${error && html`<span class="sub">${error}</span>`}`,
      },
      { title: 'Brought', cell: ({ counts }) => countWords(counts) },
    ],
  });
}

function outcomeChip(outcome: string | null): Html {
  if (outcome === 'failed') return chip('bad', outcomeWords(outcome));
  if (outcome === 'done') return chip('good', outcomeWords(outcome));
  return chip(outcome === 'paused' || outcome === 'throttled' ? 'hold' : 'idle', outcomeWords(outcome));
}

function runFacts(run: RunRow, reach: Reach): Html {
  const shop = reach.connections.find(({ id }) => id === run.connectionId);
  return card({
    id: 'facts',
    title: 'What it did',
    body: facts([
      ['Shop', shop ? html`<a href="/connections/${shop.id}">${shopName(shop)}</a>` : null],
      ['Began', showTime(run.startedAt)],
      ['Ended', run.finishedAt && showTime(run.finishedAt)],
      ['Read from', run.windowFrom && showTime(run.windowFrom)],
      ['Read up to', run.windowTo && showTime(run.windowTo)],
      ['Brought', countWords(run.counts)],
      ['All counts', valueTree(run.counts)],
      [
        'More',
        html`<a href="/runs?shop=${run.connectionId}&amp;flow=${run.flow}">all runs of this schedule</a>`,
      ],
    ]),
  });
}
