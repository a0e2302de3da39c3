import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { changeCompanySettings } from '../../administration/change-settings.js';
import { getCompanySettings } from '../../companies/company-settings.js';
import type { DeliveryProfile } from '../../companies/delivery-profile.js';
import { may } from '../../companies/permissions.js';
import { parseJson } from '../../formats/json.js';
import { AppError } from '../../kernel/errors.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { card } from '../parts/card.js';
import { field, filledWith, nothingFilled, problemSummary, type Filled } from '../parts/field.js';
import type { PortalDeps } from '../portal-deps.js';
import { companyInForm, reachOf, type Reach } from '../reach.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { channelWords, profileTable, type ProfileRow } from './delivery-views.js';
import { doneText } from './done-texts.js';

const FIELDS = ['company', 'name', 'channel', 'format', 'documents', 'fileName', 'x12'] as const;
const FORMATS = ['json', 'csv', 'xml', 'xlsx', 'x12'] as const;
const DOCUMENTS = ['order', 'acknowledgement', 'return'] as const;

/** Which documents go as files, and how: settings of the company, changed by the same use case. */
export function registerProfileRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/deliveries/profiles', (request, reply) => showProfiles(deps, request, reply, nothingFilled));

  app.post('/deliveries/profiles', async (request, reply) => {
    const read = readForm(request.body);
    const typed = Object.fromEntries(FIELDS.map((name) => [name, read(name)]));
    const chosen = DOCUMENTS.filter((name) => read(`documents-${name}`) === 'yes');
    try {
      await changeProfiles(deps, request, (profiles) => [...profiles, profileIn(read, chosen)]);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const filled = filledWith(typed, error, fieldOf);
      return showProfiles(deps, request, reply.code(error.status), filled, chosen);
    }
    return reply.redirect('/deliveries/profiles?done=profile-made', 303);
  });

  app.post('/deliveries/profiles/remove', async (request, reply) => {
    const name = readForm(request.body)('name');
    await changeProfiles(deps, request, (profiles) => profiles.filter((profile) => profile.name !== name));
    return reply.redirect('/deliveries/profiles?done=profile-removed', 303);
  });
}

/** With the version that was read, so that nobody undoes what another does meanwhile. */
async function changeProfiles(
  deps: PortalDeps,
  request: FastifyRequest,
  to: (profiles: DeliveryProfile[]) => unknown[],
): Promise<void> {
  const by = actorOf(request);
  const { id: companyId } = companyInForm(
    await reachOf(deps.db.prisma, by),
    readForm(request.body)('company'),
  );
  const { settings, standing } = await getCompanySettings(deps.db.prisma, companyId);
  const deliveryProfiles = to(settings.deliveryProfiles);
  const { version } = standing;
  await changeCompanySettings(deps, { companyId, settings: { deliveryProfiles }, version, by });
}

/** The form as the setting wants it, which judges it. @throws AppError invalid-request for what is no JSON */
function profileIn(read: (name: string) => string, documents: readonly string[]): object {
  const [fileName, x12] = [read('fileName'), read('x12')];
  return {
    name: read('name'),
    channel: read('channel'),
    format: read('format'),
    documents,
    ...(fileName !== '' && { fileName }),
    ...(x12 !== '' && { x12: jsonIn(x12) }),
  };
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new AppError('invalid-request', 'X12 is not written as JSON.', {
      details: [{ field: 'x12', message: 'X12 is not written as JSON.' }],
    });
  }
}

/** The setting's sentence begins with the number of the profile and the member that is wrong. */
function fieldOf({ field: name = '', message }: { field?: string; message: string }): string {
  if (name === 'company' || name === 'x12') return name;
  const [, member = ''] = /^deliveryProfiles \[\d+\] (\w+)/.exec(message) ?? [];
  return (FIELDS as readonly string[]).includes(member) ? member : '';
}

async function showProfiles(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
  chosen: readonly string[] = ['order'],
): Promise<FastifyReply> {
  const session = requireSession(request);
  const by = actorOf(request);
  const reach = await reachOf(deps.db.prisma, by);
  const mayChange = may(by, 'settings');
  const done = doneText(request);
  const remove = ({ companyId, connectionId, profile }: ProfileRow): Html | false =>
    mayChange &&
    connectionId === null &&
    html`<form method="post" action="/deliveries/profiles/remove">
      ${csrfField(session)}<input type="hidden" name="company" value="${companyId}" />
      <input type="hidden" name="name" value="${profile.name}" />
      <button class="danger small">Remove<span class="away"> ${profile.name}</span></button>
    </form>`;
  const body = html`${done && notice('good', done)} ${problemSummary(filled)}
    <div class="stack">
      ${profileTable(await profilesIn(deps, reach), reach, remove)}
      ${mayChange && newProfile(session, reach.companies, filled, chosen)}
      ${may(by, 'operate') && againCard(session, reach.companies)}
    </div>`;
  return sendPage(reply, {
    title: 'Delivery profiles',
    session,
    body,
    crumbs: [['/deliveries', 'Deliveries']],
  });
}

async function profilesIn(deps: PortalDeps, { companyIds, connections }: Reach): Promise<ProfileRow[]> {
  const ofCompanies = await Promise.all(
    companyIds.map(async (companyId) => {
      const { settings } = await getCompanySettings(deps.db.prisma, companyId);
      return settings.deliveryProfiles.map((profile) => ({ profile, companyId, connectionId: null }));
    }),
  );
  const ofShops = connections.flatMap(({ id, companyId, settings }) =>
    settings.deliveryProfiles.map((profile) => ({ profile, companyId, connectionId: id })),
  );
  return [...ofCompanies.flat(), ...ofShops];
}

type Companies = Reach['companies'];

function companyChoice(companies: Companies, filled: Filled, name: string): Html {
  const [only] = companies;
  if (only && companies.length === 1) return html`<input type="hidden" name="company" value="${only.id}" />`;
  return html`<div class="field">
    <label for="${name}">Company</label>
    <select id="${name}" name="company" required>
      ${companies.map(
        ({ id, name: words }) =>
          html`<option value="${id}" ${filled.values['company'] === String(id) && 'selected'}>
            ${words}
          </option>`,
      )}
    </select>
  </div>`;
}

function newProfile(
  session: { csrfToken: string },
  companies: Companies,
  filled: Filled,
  chosen: readonly string[],
): Html {
  return card({
    id: 'new',
    title: 'New profile',
    body: html`<form method="post" action="/deliveries/profiles">
      ${csrfField(session)} ${companyChoice(companies, filled, 'company')}
      ${field({ name: 'name', label: 'Name', hint: 'Letters, digits, - and _; deliveries and filters name it.', filled })}
      ${field({ name: 'channel', label: 'Channel', filled, choices: ['sftp', 'http'].map((name) => [name, channelWords[name] ?? name]) })}
      ${field({ name: 'format', label: 'Format', filled, choices: FORMATS.map((name) => [name, name.toUpperCase()]) })}
      <fieldset class="field" id="documents">
        <legend>Documents</legend>
        ${DOCUMENTS.map(
          (name) =>
            html`<p>
              <input
                type="checkbox"
                id="documents-${name}"
                name="documents-${name}"
                value="yes"
                ${chosen.includes(name) && 'checked'}
              />
              <label class="inline" for="documents-${name}">${name}s</label>
            </p>`,
        )}
      </fieldset>
      ${field({ name: 'fileName', label: 'File name', hint: 'With {key} in it, and {kind}, {po}, {number}, {version}; left empty, one is made.', filled, isOptional: true })}
      <details>
        <summary>Of X12</summary>
        <div class="field">
          <label for="x12">Ids of both sides, as JSON</label>
          <p class="hint" id="x12-hint">
            Such as
            {"ours":{"qualifier":"ZZ","id":"TIKTOKHUB"},"theirs":{"qualifier":"12","id":"5125550100"}}. What
            else can stand there is in the documentation of X12.
          </p>
          <textarea id="x12" name="x12" rows="4" aria-describedby="x12-hint">
${filled.values['x12']}</textarea>
        </div>
      </details>
      <button>Create</button>
    </form>`,
  });
}

function againCard(session: { csrfToken: string }, companies: Companies): Html {
  return card({
    id: 'again',
    title: 'Have the files of some days once more',
    body: html`<form method="post" action="/deliveries/replay">
      ${csrfField(session)} ${companyChoice(companies, nothingFilled, 'company-again')}
      ${field({ name: 'from', label: 'First day', type: 'date' })}
      ${field({ name: 'to', label: 'Last day', type: 'date', isOptional: true })}
      ${field({ name: 'profile', label: 'Profile', isOptional: true, hint: 'Left empty: of all profiles.' })}
      <button class="quiet">Have them once more</button>
    </form>`,
  });
}
