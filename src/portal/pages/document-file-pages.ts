import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fileKindOf, fileShapes, type FileKind } from '../../codecs/document-shape.js';
import { may } from '../../companies/permissions.js';
import { applyTried, receiveDocuments } from '../../deliveries/receive-documents.js';
import type { ReceivedFile } from '../../deliveries/received-file.js';
import { findFile } from '../../deliveries/received-file-store.js';
import { AppError } from '../../kernel/errors.js';
import { readForm, readId } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card, facts } from '../parts/card.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable } from '../parts/data-table.js';
import { uploadFields } from '../parts/upload-fields.js';
import { field, filledWith, nothingFilled, problemSummary, type Filled } from '../parts/field.js';
import { filters, pager } from '../parts/list-parts.js';
import { postForm } from '../parts/post-form.js';
import { moment, showTime } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { companyInForm, reachOf } from '../reach.js';
import { companyOfFile, fileRows } from '../reports/delivery-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { readUpload, uploadScope, wholeFile } from '../upload-form.js';
import { fileChip, fileStates, linesTable, viaWords } from './document-file-views.js';

const NAMES = ['kind', 'state', 'after'] as const;
const CRUMBS = [['/files', 'Document files']] as const;
const LOOK_AGAIN_SECONDS = 2;

/** Shipments, acknowledgements and answers to returns as files: brought by hand, and what became of each that came. */
export async function registerDocumentFilePages(app: FastifyInstance, deps: PortalDeps): Promise<void> {
  registerFileList(app, deps);
  registerFile(app, deps);
  const { files } = deps;
  app.get('/files/upload', (request, reply) => showForm(deps, request, reply, nothingFilled));

  await uploadScope(app, deps.uploadLimitBytes, (scope) => {
    scope.post('/files/upload', { config: { tokenInParts: true } }, async (request, reply) => {
      const by = actorOf(request);
      const { read, file } = await readUpload(request);
      const typed = { company: read('company'), kind: read('kind'), how: read('how') };
      try {
        const { id: companyId } = companyInForm(await reachOf(deps.db.prisma, by), typed.company);
        const kind = kindIn(deps, typed.kind);
        const bytes = await wholeFile(file, deps.uploadLimitBytes);
        const name = file.filename.slice(0, 200);
        const sent = { companyId, by, kind, name, dryRun: typed.how !== 'apply', bytes };
        return await reply.redirect(`/files/${await receiveDocuments(files, sent)}`, 303);
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        file.file.resume();
        const filled = filledWith(typed, error, ({ field: name = '' }) =>
          ['company', 'file'].includes(name) ? name : '',
        );
        return showForm(deps, request, reply.code(error.status), filled);
      }
    });
  });

  app.post('/files/:id/apply', async (request, reply) => {
    const file = await fileInPath(deps, request);
    const id = await applyTried(files, { file, by: actorOf(request) });
    return reply.redirect(`/files/${id}`, 303);
  });
}

/** Kinds that callers may send; orders come from TikTok only. */
function sentKinds({ kinds }: PortalDeps): FileKind[] {
  return kinds.flatMap(({ type, post }) => (post ? (fileKindOf(type) ?? []) : []));
}

function kindIn(deps: PortalDeps, text: string): FileKind {
  const kind = sentKinds(deps).find((each) => each === text);
  if (kind) return kind;
  throw new AppError('invalid-request', 'Choose what the file holds.');
}

function registerFileList(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/files', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const query = readQuery(request.query, NAMES);
    const reach = await reachOf(deps.db.prisma, by);
    const before = /^\d{1,9}$/.test(query.after) ? Number(query.after) : null;
    const rows = await fileRows(deps.db.prisma, {
      ...query,
      companyIds: reach.companyIds,
      before,
      limit: PAGE_SIZE + 1,
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const now = deps.clock.now();
    const body = html`${filters('/files', query, [
      {
        name: 'kind',
        label: 'What',
        choices: [...sentKinds(deps).map((kind) => [kind, fileShapes[kind].plural] as const), ['x12', 'X12']],
      },
      {
        name: 'state',
        label: 'State',
        choices: Object.entries(fileStates).map(([name, [, words]]) => [name, words]),
      },
    ])}
    ${card({
      id: 'list',
      title: 'Files of documents',
      isFull: true,
      body: dataTable({
        caption: 'Files of documents',
        rows: shown,
        empty: 'No file of documents has come yet: upload one, POST it, or put it on the SFTP server.',
        columns: [
          {
            title: 'File',
            cell: ({ id, fileName }) =>
              html`<a href="/files/${id}">${fileName ?? `file ${id}`}</a><span class="sub">file ${id}</span>`,
          },
          { title: 'What', cell: ({ kind, format }) => `${kindWords(kind)}, ${format}` },
          {
            title: 'Company',
            cell: ({ companyId }) => reach.companies.find(({ id }) => id === companyId)?.name,
          },
          {
            title: 'State',
            cell: ({ state, reason }) =>
              html`${fileChip(state)}${reason && html`<span class="sub">${reason}</span>`}`,
          },
          { title: 'Documents', isNumber: true, cell: ({ documents }) => documents },
          { title: 'Not taken', isNumber: true, cell: ({ refused }) => refused },
          {
            title: 'Came',
            cell: ({ receivedAt, via }) =>
              html`${moment(receivedAt, now)}<span class="sub">${viaWords(via)}</span>`,
          },
        ],
      }),
    })}
    ${pager('/files', query, shown.length, rows.length > PAGE_SIZE ? String(shown.at(-1)?.id) : null)}`;
    return sendPage(reply, {
      title: 'Document files',
      session,
      body,
      actions: may(by, 'operate') && html`<a class="button" href="/files/upload">Upload documents</a>`,
    });
  });
}

function kindWords(kind: ReceivedFile['kind']): string {
  return kind === 'x12' ? 'X12' : fileShapes[kind].plural;
}

function registerFile(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/files/:id', async (request, reply) => {
    const session = requireSession(request);
    const file = await fileInPath(deps, request);
    const { id, state, reason, taken, documents, refused, fileName } = file;
    const isComing = state === 'received';
    const mayAct = may(actorOf(request), 'operate');
    const body = html`${isComing && notice('good', 'The file is being read; this page follows it to its end.')}
      ${reason && notice('bad', reason)}
      ${
        state === 'tried' &&
        notice(
          refused > 0 ? 'warn' : 'good',
          `Nothing was changed: this was a dry run. ${taken} of ${documents} documents would be taken.`,
          undefined,
          mayAct && postForm(session, `/files/${id}/apply`, 'Apply this file', ''),
        )
      }
      <div class="cols">
        <div class="stack">${linesTable(file)}</div>
        <div class="stack">
          ${card({
            id: 'facts',
            title: 'Facts',
            body: facts([
              ['What', kindWords(file.kind)],
              ['Format', file.format],
              ['Came', `${showTime(file.receivedAt)}, ${viaWords(file.via)}`],
              ['Read', file.finishedAt && showTime(file.finishedAt)],
              ['Bytes', file.bytes],
              ['Documents', documents],
              [state === 'tried' ? 'Would be taken' : 'Taken', taken],
              ['Not taken', refused],
            ]),
          })}
        </div>
      </div>`;
    return sendPage(reply, {
      title: fileName ?? `File ${id}`,
      session,
      body,
      crumbs: CRUMBS,
      beside: fileChip(state),
      refreshSeconds: isComing ? LOOK_AGAIN_SECONDS : undefined,
    });
  });

  app.get('/files/:id/documents.csv', async (request, reply) => {
    const { id, results } = await fileInPath(deps, request);
    const rows = results.map(({ Type, Number: number, LogicbrokerKey, Errors }) => [
      Type,
      number ?? null,
      LogicbrokerKey ?? null,
      (Errors ?? []).join(' '),
    ]);
    return sendCsv(reply, `file-${id}`, ['Type', 'Number', 'LogicbrokerKey', 'Errors'], rows);
  });
}

/** @throws AppError not-found, also for another company's */
async function fileInPath(deps: PortalDeps, request: FastifyRequest): Promise<ReceivedFile> {
  const { companyIds } = await reachOf(deps.db.prisma, actorOf(request));
  const id = readId(request.params);
  const owner = await companyOfFile(deps.db.prisma, companyIds, id);
  const file = owner && (await findFile(deps.db.prisma, { companyId: owner.companyId, id }));
  if (file) return file;
  throw new AppError('not-found', 'There is no such file.');
}

async function showForm(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { companies } = await reachOf(deps.db.prisma, actorOf(request));
  const body = html`${problemSummary(filled)}
    <form method="post" action="/files/upload" enctype="multipart/form-data">
      ${csrfField(session)}
      <section>
        ${companyField(companies, filled)}
        ${field({
          name: 'kind',
          label: 'What it holds',
          filled,
          value: readForm(request.query)('kind') || 'shipment',
          choices: sentKinds(deps).map((kind) => [kind, fileShapes[kind].plural]),
        })}
        ${uploadFields(filled, {
          dryRun:
            'A dry run says which documents would not be taken, by all the rules, and changes nothing. It can be applied from its page. A file of X12 is applied only.',
          file: 'CSV, XLSX, XML, JSON or X12, with the names of the API.',
        })}
      </section>
    </form>`;
  return sendPage(reply, { title: 'Upload documents', session, body, crumbs: CRUMBS });
}

function companyField(companies: readonly { id: number; name: string }[], filled: Filled): Html {
  const [only] = companies;
  if (only && companies.length === 1) return html`<input type="hidden" name="company" value="${only.id}" />`;
  const choices = companies.map(({ id, name }) => [String(id), name] as const);
  return field({ name: 'company', label: 'Company', filled, choices });
}
