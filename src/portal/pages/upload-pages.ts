import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Connection } from '../../connections/connection.js';
import { fileTooLarge } from '../../http/uploads.js';
import { readImport } from '../../imports/read-import.js';
import { receive } from '../../imports/receive.js';
import { AppError } from '../../kernel/errors.js';
import { SECOND_MS, within } from '../../kernel/time.js';
import { openBlob } from '../../store/blobs/blob-reader.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import { csrfField } from '../layout.js';
import { uploadFields } from '../parts/upload-fields.js';
import { field, filledWith, nothingFilled, problemSummary, type Filled } from '../parts/field.js';
import { queryWith } from '../parts/list-parts.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices } from '../reach.js';
import { contentOf } from '../reports/inventory-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { readUpload, uploadScope } from '../upload-form.js';
import { importInPath } from './feed-pages.js';

/** A form's answer does not wait longer for a large file: its page follows it. */
const PATIENCE_MS = 5 * SECOND_MS;

/** Bringing files by hand: tried first, applied when the report is as it should be. */
export async function registerUploadPages(app: FastifyInstance, deps: PortalDeps): Promise<void> {
  app.get('/inventory/upload', (request, reply) => showForm(deps, request, reply, nothingFilled));

  await uploadScope(app, deps.uploadLimitBytes, (scope) => {
    scope.post('/inventory/upload', { config: { tokenInParts: true } }, async (request, reply) => {
      const { read, file } = await readUpload(request);
      const typed = { shop: read('shop'), kind: read('kind'), how: read('how') };
      try {
        const shop = await shopOf(deps, request, read('shop'));
        const id = await take(deps, request, file.file, {
          shop,
          feedKind: kindOf(deps, read('kind')),
          name: file.filename.slice(0, 200),
          dryRun: read('how') !== 'apply',
          isCut: () => file.file.truncated,
        });
        return await reply.redirect(`/feeds/${id}`, 303);
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        file.file.resume();
        const filled = filledWith(typed, error, ({ field: name = '' }) => (name === 'file' ? 'file' : ''));
        return showForm(deps, request, reply.code(error.status), filled);
      }
    });
  });

  app.post('/feeds/:id/apply', async (request, reply) => {
    const record = await importInPath(deps, request);
    const { companyId, sha256, kind: feedKind, fileName: name, connectionId, state } = record;
    if (state !== 'tried')
      throw new AppError('rule-violated', 'Only a file that was tried can be applied from here.');
    const blobId = sha256 === null ? null : await contentOf(deps.db.prisma, { companyId, sha256 });
    const content = blobId === null ? null : await openBlob(deps.db, { id: blobId, companyId });
    if (!content) throw new AppError('not-found', 'The file is not kept any more. Upload it again.');
    const shop = await shopOf(deps, request, String(connectionId));
    const id = await take(deps, request, content.pieces(), { shop, feedKind, name, dryRun: false });
    return reply.redirect(`/feeds/${id}`, 303);
  });

  // One match is a file with one row: the same rules, the same record.
  app.post('/inventory/match', async (request, reply) => {
    const read = readForm(request.body);
    const shop = await shopOf(deps, request, read('shop'));
    const [sku, merchant] = [read('sku'), read('merchant')];
    if (sku === '' || merchant === '') throw new AppError('invalid-request', 'Give the SKU in TikTok.');
    const content = stringify([
      ['SupplierSKU', 'MerchantSKU'],
      [sku, merchant],
    ]);
    const id = await take(deps, request, Readable.from([Buffer.from(content)]), {
      shop,
      feedKind: kindOf(deps, 'matching'),
      name: `match of ${sku}.csv`.slice(0, 200),
      dryRun: false,
    });
    const record = await deps.db.prisma.import.findUnique({ where: { id }, select: { state: true } });
    return record?.state === 'applied'
      ? reply.redirect(
          `/inventory${queryWith({ shop: String(shop.id), view: 'unmatched', done: 'matched' })}`,
          303,
        )
      : reply.redirect(`/feeds/${id}`, 303);
  });
}

interface Taking {
  shop: Connection;
  feedKind: string;
  name: string | null;
  dryRun: boolean;
  /** The file was longer than what is taken. */
  isCut?: () => boolean;
}

/** @returns the number of the import, read already unless it is large; a file that is refused has its page, too */
async function take(
  deps: PortalDeps,
  request: FastifyRequest,
  content: AsyncIterable<Buffer>,
  { shop, feedKind, name, dryRun, isCut = () => false }: Taking,
): Promise<number> {
  const { companyId, id: connectionId } = shop;
  async function* whole(): AsyncGenerator<Buffer> {
    yield* content;
    if (isCut()) throw fileTooLarge(deps.uploadLimitBytes);
  }
  const which = { companyId, connectionId, feedKind, via: 'portal', name, dryRun, by: actorOf(request) };
  const importId = await receive(deps.imports, whole(), which);
  const reading = deps
    .takeTurn(() => readImport(deps.imports, importId))
    .then(
      () => undefined,
      (error: unknown) => {
        // The page of the import says why.
        if (!(error instanceof AppError)) throw error;
      },
    );
  reading.catch(() => undefined);
  await within(reading, PATIENCE_MS, () => undefined);
  return importId;
}

async function shopOf(deps: PortalDeps, request: FastifyRequest, id: string): Promise<Connection> {
  const shop = chosenShop(await reachOf(deps.db.prisma, actorOf(request)), id);
  if (shop) return shop;
  throw new AppError('invalid-request', 'Choose a shop.', {
    details: [{ field: 'shop', message: 'Choose a shop.' }],
  });
}

function kindOf({ imports }: PortalDeps, code: string): string {
  const kind = imports.feedKinds.find((each) => each.code === code);
  if (kind) return kind.code;
  throw new AppError('invalid-request', 'Choose what the file is.');
}

async function showForm(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const reach = await reachOf(deps.db.prisma, actorOf(request));
  const body = html`${problemSummary(filled)}
    <form method="post" action="/inventory/upload" enctype="multipart/form-data">
      ${csrfField(session)}
      <section>
        ${field({ name: 'shop', label: 'Shop', filled, value: readForm(request.query)('shop'), choices: shopChoices(reach) })}
        ${field({ name: 'kind', label: 'What it is', filled, value: readForm(request.query)('kind') || 'feed', choices: deps.imports.feedKinds.map(({ code, label }) => [code, label]) })}
        ${uploadFields(filled, {
          dryRun:
            'A dry run says which rows would not be taken and what would be sent, and changes nothing. It can be applied from its page.',
          file: 'CSV, XLSX or JSON with the columns of the API.',
        })}
      </section>
    </form>`;
  return sendPage(reply, { title: 'Upload a file', session, body, crumbs: [['/feeds', 'Feeds and files']] });
}
