import type { FastifyInstance } from 'fastify';
import { keySlots, listApiKeys, type ApiKey, type KeySlot } from '../companies/api-key-store.js';
import { findCompany, listCompanies, pickupStatuses, type Company } from '../companies/company-store.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import { addCompany, changePickupStatus, endKey, issueKey } from '../administration/manage-company.js';
import { AppError } from '../kernel/errors.js';
import { readForm, readId } from './forms.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import type { PortalDeps } from './portal-deps.js';
import { statusName } from '../logicbroker/statuses.js';
import { sendPage } from './send-page.js';
import { actorOf, requireSession } from './session-guard.js';

/** Companies and their API keys. */
export function registerCompanyRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/companies', async (request, reply) => {
    const session = requireSession(request);
    const body = companyList(session, await listCompanies(deps.db.prisma));
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
    const body = keyPage(session, company, await listApiKeys(deps.db.prisma, company.id));
    return sendPage(reply, { title: company.name, session, body });
  });

  app.post('/companies/:id/pickup-status', async (request, reply) => {
    const company = await getCompany(deps, readId(request.params));
    const status = Number(readForm(request.body)('status'));
    await changePickupStatus(deps, { companyId: company.id, status, by: actorOf(request) });
    return reply.redirect(`/companies/${company.id}`, 303);
  });

  // Answered with the page itself, not with a redirect: nothing keeps the key that it shows.
  app.post('/companies/:id/keys/:slot', async (request, reply) => {
    const session = requireSession(request);
    const company = await getCompany(deps, readId(request.params));
    const slot = readSlot(request.params);
    const wanted = { companyId: company.id, slot, replace: true, by: actorOf(request) };
    const { key } = await issueKey(deps, wanted);
    return sendPage(reply, { title: company.name, session, body: newKeyPage(company, slot, key) });
  });

  app.post('/companies/:id/keys/:slot/revoke', async (request, reply) => {
    const company = await getCompany(deps, readId(request.params));
    const slot = readSlot(request.params);
    await endKey(deps, { companyId: company.id, slot, by: actorOf(request) });
    return reply.redirect(`/companies/${company.id}`, 303);
  });
}

async function getCompany(deps: PortalDeps, id: number): Promise<Company> {
  const company = await findCompany(deps.db.prisma, id);
  if (!company) throw new AppError('not-found', `There is no company ${id}.`);
  return company;
}

function readSlot(params: unknown): KeySlot {
  const text = readForm(params)('slot');
  const slot = keySlots.find((candidate) => candidate === text);
  if (!slot) throw new AppError('not-found', 'A company has a primary and a secondary key only.');
  return slot;
}

function companyList(session: OperatorSession, companies: Company[]): Html {
  const rows = companies.map(
    ({ id, name }) =>
      html`<tr>
        <td><a href="/companies/${id}">${name}</a></td>
        <td>${id}</td>
      </tr>`,
  );
  return html`<section class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Company</th>
            <th scope="col">Number</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </section>
    <section>
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
    ${keySlots.map((slot) =>
      keySection(
        session,
        company,
        slot,
        keys.find((key) => key.slot === slot),
      ),
    )}
    ${pickupSection(session, company)}`;
}

function pickupSection(session: OperatorSession, { id, pickupStatus }: Company): Html {
  const options = pickupStatuses.map(
    (status) =>
      html`<option value="${status}" ${status === pickupStatus && 'selected'}>
        ${status} ${statusName('order', status)}
      </option>`,
  );
  return html`<section>
    <h2>Status of new orders</h2>
    <form method="post" action="/companies/${id}/pickup-status" class="row">
      ${csrfField(session)}
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

function keySection(
  session: OperatorSession,
  company: Company,
  slot: KeySlot,
  key: ApiKey | undefined,
): Html {
  const path = `/companies/${company.id}/keys/${slot}`;
  return html`<section>
    <h2>${slot === 'primary' ? 'Primary' : 'Secondary'} key</h2>
    ${
      key
        ? html`<p>
            ${key.id}, made ${showTime(key.createdAt)}, last used
            ${showTime(key.lastUsedAt)}${key.expiresAt && html`, expires ${showTime(key.expiresAt)}`}.
          </p>`
        : html`<p class="muted">None.</p>`
    }
    <div class="row">
      <form method="post" action="${path}">
        ${csrfField(session)}<button class="quiet">${key ? 'Replace' : 'Create'} the ${slot} key</button>
      </form>
      ${
        key &&
        html`<form method="post" action="${path}/revoke">
          ${csrfField(session)}<button class="danger">Revoke the ${slot} key</button>
        </form>`
      }
    </div>
    ${key && html`<p class="hint">Replacing or revoking ends the old key within a second.</p>`}
  </section>`;
}

function newKeyPage(company: Company, slot: KeySlot, key: string): Html {
  return html`${notice('good', `This is the new ${slot} key. It is shown only now: copy it.`)}
    <section>
      <p class="key">${key}</p>
    </section>
    <p><a href="/companies/${company.id}">Back to ${company.name}</a></p>`;
}
