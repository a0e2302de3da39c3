import type { FastifyInstance } from 'fastify';
import { keySlots, listApiKeys, type ApiKey, type KeySlot } from '../companies/api-key-store.js';
import { findCompany, listCompanies, pickupStatuses, type Company } from '../companies/company-store.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import { changeCompanySettings } from '../administration/change-settings.js';
import {
  activateCompany,
  addCompany,
  deactivateCompany,
  renameCompany,
} from '../administration/manage-company.js';
import { endKey, issueKey } from '../administration/manage-keys.js';
import { may, mayReach } from '../companies/permissions.js';
import { AppError } from '../kernel/errors.js';
import { HOUR_MS } from '../kernel/time.js';
import { keySection, madeKey, MOST_GRACE_HOURS } from './key-pages.js';
import { readForm, readId } from './forms.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import { card } from './parts/card.js';
import { dataTable } from './parts/data-table.js';
import type { PortalDeps } from './portal-deps.js';
import { statusName } from '../logicbroker/statuses.js';
import { sendPage } from './send-page.js';
import { actorOf, requireSession } from './session-guard.js';
import { keepForNextPage, takeKept } from './shown-once.js';

/** Companies and their API keys. */
export function registerCompanyRoutes(app: FastifyInstance, deps: PortalDeps): void {
  registerStandingRoutes(app, deps);
  app.get('/companies', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const companies = (await listCompanies(deps.db.prisma)).filter(({ id }) => mayReach(by, id));
    const body = companyList(session, companies, may(by, 'companies'));
    return sendPage(reply, { title: 'Companies and keys', session, body });
  });

  app.post('/companies', async (request, reply) => {
    const name = readForm(request.body)('name');
    const company = await addCompany(deps, { name, by: actorOf(request) });
    return reply.redirect(`/companies/${company.id}`, 303);
  });

  app.get('/companies/:id', async (request, reply) => {
    const session = requireSession(request);
    const company = await getCompany(deps, readId(request.params));
    const keys = await listApiKeys(deps.db.prisma, company.id, deps.clock.now());
    const made = keySlots.find((slot) => slot === readForm(request.query)('made'));
    const body = html`${made && madeKey(made, takeKept(deps, reply, keyOf(company.id, made)))}
    ${keyPage(session, company, keys)}
    ${may(actorOf(request), 'companies') && companySection(session, company)}`;
    return sendPage(reply, { title: company.name, session, body });
  });

  app.post('/companies/:id/pickup-status', async (request, reply) => {
    const company = await getCompany(deps, readId(request.params));
    const form = readForm(request.body);
    await changeCompanySettings(deps, {
      companyId: company.id,
      settings: { pickupStatus: Number(form('status')) },
      version: Number(form('version')),
      by: actorOf(request),
    });
    return reply.redirect(`/companies/${company.id}`, 303);
  });

  // The key is shown by the page that the redirect leads to, once: whoever loads that again makes no other one.
  app.post('/companies/:id/keys/:slot', async (request, reply) => {
    const company = await getCompany(deps, readId(request.params));
    const slot = readSlot(request.params);
    const form = readForm(request.body);
    const wanted = {
      companyId: company.id,
      slot,
      replace: true,
      graceMs: readHours(form('grace')) * HOUR_MS,
      ...(form('label') && { label: form('label') }),
      by: actorOf(request),
    };
    const { key } = await issueKey(deps, wanted);
    await keepForNextPage(deps, reply, { about: keyOf(company.id, slot), text: key });
    return reply.redirect(`/companies/${company.id}?made=${slot}`, 303);
  });

  app.post('/companies/:id/keys/:slot/revoke', async (request, reply) => {
    const company = await getCompany(deps, readId(request.params));
    const slot = readSlot(request.params);
    await endKey(deps, { companyId: company.id, slot, by: actorOf(request) });
    return reply.redirect(`/companies/${company.id}`, 303);
  });
}

function registerStandingRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.post('/companies/:id/name', async (request, reply) => {
    const companyId = readId(request.params);
    await renameCompany(deps, { companyId, name: readForm(request.body)('name'), by: actorOf(request) });
    return reply.redirect(`/companies/${companyId}`, 303);
  });

  app.post('/companies/:id/deactivate', async (request, reply) => {
    const companyId = readId(request.params);
    if (readForm(request.body)('sure') !== 'yes') {
      throw new AppError('invalid-request', 'Tick the box to deactivate the company.');
    }
    await deactivateCompany(deps, { companyId, by: actorOf(request) });
    return reply.redirect(`/companies/${companyId}`, 303);
  });

  app.post('/companies/:id/activate', async (request, reply) => {
    const companyId = readId(request.params);
    await activateCompany(deps, { companyId, by: actorOf(request) });
    return reply.redirect(`/companies/${companyId}`, 303);
  });
}

/** @throws AppError invalid-request */
function readHours(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,3}$/.test(text) && Number(text) <= MOST_GRACE_HOURS) return Number(text);
  throw new AppError('invalid-request', `The old key works for 0 to ${MOST_GRACE_HOURS} hours more.`);
}

async function getCompany(deps: PortalDeps, id: number): Promise<Company> {
  const company = await findCompany(deps.db.prisma, id);
  if (!company) throw new AppError('not-found', `There is no company ${id}.`);
  return company;
}

function keyOf(companyId: number, slot: KeySlot): string {
  return `${slot} key of company ${companyId}`;
}

function readSlot(params: unknown): KeySlot {
  const text = readForm(params)('slot');
  const slot = keySlots.find((candidate) => candidate === text);
  if (!slot) throw new AppError('not-found', 'A company has a primary and a secondary key only.');
  return slot;
}

function companyList(session: OperatorSession, companies: Company[], mayAdd: boolean): Html {
  const list = dataTable({
    caption: 'Companies',
    rows: companies,
    empty: 'There is no company yet.',
    columns: [
      { title: 'Company', cell: ({ id, name }) => html`<a href="/companies/${id}">${name}</a>` },
      {
        title: 'Number',
        cell: ({ id, deactivatedAt }) =>
          html`${id}${deactivatedAt && html` <span class="badge warn">deactivated</span>`}`,
      },
    ],
  });
  return html`${card({ id: 'companies', title: 'Companies', isFull: true, body: list })}
  ${mayAdd && newCompany(session)}`;
}

function newCompany(session: OperatorSession): Html {
  return html`<section>
    <h2>New company</h2>
    <form method="post" action="/companies" class="row">
      ${csrfField(session)}
      <div class="field">
        <label for="name">Name</label>
        <input type="text" id="name" name="name" maxlength="200" required />
      </div>
      <div class="field"><button>Create</button></div>
    </form>
  </section>`;
}

function keyPage(session: OperatorSession, company: Company, keys: ApiKey[]): Html {
  return html`<p>
      Company number ${company.id}. Two keys may be live, so that one can be replaced while the other is in
      use.
    </p>
    ${company.deactivatedAt && notice('warn', `Deactivated since ${showTime(company.deactivatedAt)}.`, 'Its keys and people are refused and its connections stand still; nothing is lost.')}
    ${keySlots.map((slot) =>
      keySection(
        session,
        company,
        slot,
        keys.filter((key) => key.slot === slot),
      ),
    )}
    ${pickupSection(session, company)}`;
}

function pickupSection(session: OperatorSession, { id, pickupStatus, settingsVersion }: Company): Html {
  const options = pickupStatuses.map(
    (status) =>
      html`<option value="${status}" ${status === pickupStatus && 'selected'}>
        ${status} ${statusName('order', status)}
      </option>`,
  );
  return html`<section>
    <h2>Status of new orders</h2>
    <form method="post" action="/companies/${id}/pickup-status" class="row">
      ${csrfField(session)}<input type="hidden" name="version" value="${settingsVersion}" />
      <div class="field">
        <label for="status">New orders wait for the ERP at</label>
        <select id="status" name="status">
          ${options}
        </select>
      </div>
      <div class="field"><button class="quiet">Save</button></div>
    </form>
    <p class="hint">
      Logicbroker has it so by account. An ERP that asks for Filters.status=150 needs 150; Orders/Ready has
      both. Orders that there are stay where they are.
    </p>
  </section>`;
}

function companySection(session: OperatorSession, { id, name, deactivatedAt }: Company): Html {
  return html`<section>
    <h2>Company</h2>
    <form method="post" action="/companies/${id}/name" class="row">
      ${csrfField(session)}
      <div class="field">
        <label for="name">Name</label>
        <input type="text" id="name" name="name" value="${name}" maxlength="200" required />
      </div>
      <div class="field"><button class="quiet">Rename</button></div>
    </form>
    ${
      deactivatedAt
        ? html`<form method="post" action="/companies/${id}/activate">
            ${csrfField(session)}<button class="quiet">Activate</button>
          </form>`
        : html`<form method="post" action="/companies/${id}/deactivate">
            ${csrfField(session)}
            <p class="field">
              <input type="checkbox" id="sure" name="sure" value="yes" required />
              <label class="inline" for="sure"
                >Refuse its keys and people, and let its connections stand still. Nothing is lost.</label
              >
            </p>
            <button class="danger">Deactivate</button>
          </form>`
    }
  </section>`;
}
