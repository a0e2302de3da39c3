import { Readable } from 'node:stream';
import { codecs } from '../codecs/codecs.js';
import { columnOf, nameOfColumn } from '../codecs/columns.js';
import { fileKindOf, fileShapes, type FileKind } from '../codecs/document-shape.js';
import type { WrittenColumn } from '../codecs/write-table.js';
import type { Api, ApiVersion } from '../http/api.js';
import { fileMediaTypes, wantedFormat } from '../http/document-files.js';
import { invalidRequest, readDelimiter } from '../http/file-answer.js';
import { operation } from '../http/operation.js';
import { DocumentExportRequest } from '../logicbroker/document-file-schema.js';
import { documentPath } from '../logicbroker/document-types.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import type { Static } from 'typebox';
import { readKey } from './document.js';
import type { DocumentKind } from './document-kind.js';
import { carriesOrders, type HandOverDeps } from './hand-over.js';
import { toFilter, type DocumentFilter, type ListQuery } from './list-filters.js';
import { walkDocuments } from './walk-documents.js';

type Request = Static<typeof DocumentExportRequest>;
type Format = keyof typeof codecs;

/** A workbook is made in memory as a whole. */
const MOST_IN_WORKBOOK = 5_000;

/** Documents of a kind as one file, however many. */
export function documentExportRoute(
  api: Api,
  version: ApiVersion,
  { type }: DocumentKind,
  deps: { db: Database } & HandOverDeps,
): void {
  const kind = fileKindOf(type);
  if (!kind) return;
  const path = documentPath(type);
  api.post(
    `/${path}/Export`,
    {
      config: { alsoAnswers: fileMediaTypes, rateClass: 'search' },
      schema: operation(version, `export${path}`, path, `Many ${path.toLowerCase()} as one file`, {
        description:
          'The text of the file in Body (of xlsx in base64); with Accept of the same format the file itself. Columns says which paths of the ' +
          'JSON are wanted and how they are called. Written while it is read: as long as one likes.',
        body: ref(DocumentExportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const wish = wishOf(request.body, wantedFormat(request.headers.accept), kind);
      const filter = filterOf(request.body, request.caller.companyId, type);
      const carried: number[] = [];
      const pages = () =>
        walkDocuments(deps.db, filter, (keys) => void (type === 'order' && carried.push(...keys)));
      const pieces = await piecesOf(kind, wish, pages);
      // What a file holds twice is handed over once.
      if (type === 'order') carriesOrders(request, reply, deps, carried);
      const { mediaType, extension } = codecs[wish.format];
      if (wantedFormat(request.headers.accept) !== wish.format)
        return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped(pieces)));
      return reply
        .header('content-disposition', `attachment; filename="${fileShapes[kind].plural}.${extension}"`)
        .type(wish.format === 'xlsx' ? mediaType : `${mediaType}; charset=utf-8`)
        .send(Readable.from(pieces, { objectMode: false }));
    },
  );
}

interface Wish {
  format: Format;
  columns: WrittenColumn[] | null;
  delimiter: ReturnType<typeof readDelimiter>;
}

function wishOf(
  { FileType, Delimiter, Columns = [] }: Request,
  accepted: Format | null,
  kind: FileKind,
): Wish {
  const named = (FileType ?? '').trim().replace(/^\./, '').toLowerCase();
  const format = named === '' ? (accepted ?? 'csv') : named;
  if (!(format in codecs))
    throw invalidRequest('FileType', 'must be csv, xlsx, xml or json', 'Leave it out for csv');
  for (const [at, { Condition }] of Columns.entries())
    if (Condition && Object.keys(Condition).length > 0)
      throw invalidRequest(`Columns[${at}].Condition`, 'conditions are not possible here', 'Use Filter');
  const columns = Columns.flatMap(({ SourceField, TargetField }) => {
    const source = (SourceField ?? '').trim();
    if (source === '') return [];
    const name = nameOfColumn(columnOf(source, kind), kind);
    return [{ name, header: (TargetField ?? '').trim() || name }];
  });
  return {
    format: format as Format,
    columns: columns.length > 0 ? columns : null,
    delimiter: readDelimiter(Delimiter),
  };
}

function filterOf(
  { Filter, LogicbrokerKeys }: Request,
  companyId: number,
  type: DocumentFilter['type'],
): DocumentFilter & { keys?: number[] } {
  if (!Filter && !LogicbrokerKeys)
    throw invalidRequest('Filter', 'Filter or LogicbrokerKeys is required', 'Send Filter: {} for all');
  const { linkkey, ...rest } = Filter ?? {};
  const query = Object.fromEntries(
    Object.entries({ ...rest, linkkey })
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name.toLowerCase(), value]),
  ) as ListQuery;
  const filter = toFilter(companyId, type, query);
  if (!LogicbrokerKeys) return filter;
  const keys = LogicbrokerKeys.map((text, at) => {
    const key = readKey(text);
    if (key === null)
      throw invalidRequest(
        `LogicbrokerKeys[${at}]`,
        'is not the number of a document',
        'Send a LogicbrokerKey',
      );
    return key;
  });
  return { ...filter, keys };
}

async function piecesOf(
  kind: FileKind,
  { format, columns, delimiter }: Wish,
  pages: () => AsyncIterable<readonly string[]>,
): Promise<AsyncIterable<string | Buffer>> {
  const { stream } = codecs[format];
  if (stream) return stream(kind, pages, { columns, delimiter });
  const bodies: string[] = [];
  for await (const page of pages()) {
    bodies.push(...page);
    if (bodies.length > MOST_IN_WORKBOOK)
      throw invalidRequest(
        'FileType',
        `a workbook holds at most ${MOST_IN_WORKBOOK} documents`,
        'Use csv, or ask for fewer',
      );
  }
  return Readable.from([codecs[format].write(kind, bodies, columns)]);
}

async function* enveloped(pieces: AsyncIterable<string | Buffer>): AsyncGenerator<string> {
  yield '{"Code":"200","Message":"OK","Body":"';
  for await (const piece of pieces)
    yield Buffer.isBuffer(piece) ? piece.toString('base64') : JSON.stringify(piece).slice(1, -1);
  yield '"}';
}
