import type { FastifyInstance, FastifyRequest } from 'fastify';
import { may } from '../../companies/permissions.js';
import { changeOneStatusByHand } from '../../documents/change-status-by-hand.js';
import { AppError } from '../../kernel/errors.js';
import { pullOrdersFlow } from '../../orders/order-flow.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import {
  documentNoun,
  documentTypes,
  documentTypeNames,
  type DocumentType,
} from '../../logicbroker/document-types.js';
import { documentOf, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { csrfField, notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { dataTable } from '../parts/data-table.js';
import { pager, queryWith } from '../parts/list-parts.js';
import { moment } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf } from '../reach.js';
import { shopFacts } from '../reports/dashboard-report.js';
import { findNeeds, shopName } from '../reports/needs-report.js';
import { failedDocuments, type FailedDocument } from '../reports/problem-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { needsCard } from './dashboard-page.js';

/** Documents that one click may send again. */
const MOST_AT_ONCE = 200;
const GROUP = ['type', 'shop', 'reason', 'after'] as const;

/** What failed or waits, in groups of one reason; a group's documents can be sent again or given up together. */
export function registerProblemPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/problems', async (request, reply) => {
    const session = requireSession(request);
    const { prisma } = deps.db;
    const reach = await reachOf(prisma, actorOf(request));
    const facts = await shopFacts(
      prisma,
      reach.connections.map(({ id }) => id),
      pullOrdersFlow.name,
    );
    const now = deps.clock.now();
    const needs = await findNeeds(prisma, reach, facts, now);
    return sendPage(reply, {
      title: 'Problems',
      session,
      body: needsCard(needs, now, { id: 'need', all: false }),
    });
  });

  app.get('/problems/documents', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { prisma } = deps.db;
    const query = readQuery(request.query, GROUP);
    const reach = await reachOf(prisma, by);
    const type = typeOf(query.type);
    const connectionId = /^\d{1,9}$/.test(query.shop) ? Number(query.shop) : 0;
    const rows = await failedDocuments(prisma, reach.companyIds, {
      type,
      connectionId,
      reason: query.reason,
      after: /^\d{1,9}$/.test(query.after) ? Number(query.after) : 0,
      limit: PAGE_SIZE + 1,
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const next = rows.length > PAGE_SIZE ? String(shown.at(-1)?.key) : null;
    const mayAct = may(by, 'operate');
    const table = documentTable(shown, deps.clock.now(), mayAct);
    const body = html`${shown[0]?.message && notice('bad', shown[0].message)}
    ${
      mayAct && shown.length > 0
        ? html`<form method="post" action="/problems/documents${queryWith(query)}">
            ${csrfField(session)}${table}
            <div class="row">
              <button name="what" value="send">Send the ticked ones again</button>
              <button name="what" value="ignore" class="danger">Give the ticked ones up</button>
            </div>
          </form>`
        : table
    }
    ${pager('/problems/documents', query, shown.length, next)}`;
    const noun = documentNoun(type);
    return sendPage(reply, {
      title: `Failed ${noun}s`,
      session,
      body,
      crumbs: [['/problems', 'Problems']],
      beside: html`<span class="muted"
        >${shopName(reach.connections.find(({ id }) => id === connectionId))}</span
      >`,
    });
  });

  app.post('/problems/documents', async (request, reply) => {
    const session = requireSession(request);
    const type = typeOf(readForm(request.query)('type'));
    const isSending = readForm(request.body)('what') !== 'ignore';
    const to = isSending ? StatusCode.submitted : StatusCode.ignored;
    const outcomes: Outcome[] = [];
    for (const key of keysOf(request.body)) {
      outcomes.push(await outcomeOf(deps, request, { type, key, to }));
    }
    return sendPage(reply, {
      title: isSending ? 'Sent again' : 'Given up',
      session,
      body: resultOf(type, outcomes, isSending),
      crumbs: [['/problems', 'Problems']],
    });
  });
}

interface Outcome {
  key: number;
  reference: string;
  /** Why nothing was done; null when it was. */
  why: string | null;
}

/** One that cannot be moved keeps no other back. */
async function outcomeOf(
  deps: PortalDeps,
  request: FastifyRequest,
  { type, key, to }: { type: DocumentType; key: number; to: number },
): Promise<Outcome> {
  try {
    const { document, by } = await documentOf(deps, request, { type, key });
    await changeOneStatusByHand(deps, kindOfType(deps, type), { by, key, to }, () => undefined);
    return { key, reference: document.reference, why: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const details = error.details.map(({ message }) => message);
    return { key, reference: String(key), why: [error.message, ...details].join(' ') };
  }
}

function resultOf(type: DocumentType, outcomes: readonly Outcome[], isSending: boolean): Html {
  const failed = outcomes.filter(({ why }) => why !== null);
  const done = outcomes.length - failed.length;
  const words = isSending ? 'sent again' : 'given up';
  return html`${notice(
      failed.length === 0 ? 'good' : 'warn',
      outcomes.length === 0
        ? 'Nothing was ticked.'
        : `${done} ${words}${failed.length > 0 ? `, ${failed.length} not: see why below.` : '.'}`,
    )}
    ${
      failed.length > 0 &&
      card({
        id: 'not',
        title: 'Not done',
        isFull: true,
        body: dataTable({
          caption: 'Not done',
          rows: failed,
          empty: '',
          columns: [
            {
              title: 'Document',
              cell: ({ key, reference }) => html`<a href="${documentHref(type, key)}">${reference}</a>`,
            },
            { title: 'Why', cell: ({ why }) => why },
          ],
        }),
      })
    }
    <p><a href="/problems">Back to the problems</a></p>`;
}

function documentTable(rows: readonly FailedDocument[], now: Date, mayAct: boolean): Html {
  return card({
    id: 'list',
    title: 'Documents',
    isFull: true,
    body: dataTable({
      caption: 'Failed documents',
      rows,
      empty: 'None is left with this reason.',
      columns: [
        {
          title: 'Document',
          cell: ({ type, key, reference }) =>
            html`${mayAct && html`<input type="checkbox" name="key" value="${key}" aria-label="${documentTypeNames[type]} ${reference}" checked /> `}<a
                href="${documentHref(type, key)}"
                >${reference}</a
              >`,
        },
        { title: 'Order', cell: ({ partnerPo }) => partnerPo },
        { title: 'Last answer', cell: ({ message }) => message },
        { title: 'Failed', cell: ({ updatedAt }) => moment(updatedAt, now) },
        { title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
      ],
    }),
  });
}

function typeOf(text: string): DocumentType {
  const type = documentTypes.find((each) => each === text);
  if (type) return type;
  throw new AppError('not-found', 'There is no such page.');
}

/** Boxes that were ticked: a form with one sends a text, with several a list. */
function keysOf(body: unknown): number[] {
  const value: unknown = typeof body === 'object' && body !== null && 'key' in body ? body.key : [];
  const texts = [value].flat().filter((each): each is string => typeof each === 'string');
  const keys = texts.filter((text) => /^[1-9]\d{0,8}$/.test(text)).map(Number);
  return [...new Set(keys)].slice(0, MOST_AT_ONCE);
}
