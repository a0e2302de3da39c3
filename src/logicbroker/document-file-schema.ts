import { Type } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text, type Named } from './schema.js';
import { AdvancedFieldMapping } from './product-schema.js';

const mappings = () => Type.Array(ref(AdvancedFieldMapping), { maxItems: 1_000 });

const LBSearchFilter = named(
  'LBSearchFilter',
  'Which documents: all conditions hold together.',
  {},
  {
    partnerPO: text("PartnerPO: TikTok's order id."),
    sourceKey: text('Identifier.SourceKey.'),
    status: text('Number, name, or name without spaces.'),
    from: dateTime('Earliest DocumentDate; without a zone UTC.'),
    to: dateTime('Latest DocumentDate, inclusive.'),
    page: int32('Has no effect: an export has no pages.'),
    pageSize: int32('Has no effect: an export has no pages.'),
    receiverCompanyId: int32(),
    senderCompanyId: int32(),
    linkkey: text('Identifier.LinkKey.'),
  },
);

/** Documents in one export by their keys. */
const MOST_KEYS = 100_000;

export const DocumentExportRequest = named(
  'DocumentExportRequest',
  'Which documents are wanted, and how. Filter or LogicbrokerKeys is needed.',
  {},
  {
    Columns: mappings(),
    Filter: ref(LBSearchFilter),
    LogicbrokerKeys: Type.Array(Type.String(), { maxItems: MOST_KEYS }),
    Delimiter: text('Of csv: a comma, a semicolon, a tab (\\t) or a bar.', ','),
    FileType: text('csv (the default), xlsx, xml or json.', 'csv'),
  },
);

export const DocumentImportRequest = named(
  'DocumentImportRequest',
  'How a file that follows is to be read.',
  {},
  {
    Columns: mappings(),
    Delimiter: text('Has no effect: it is told from the file.', ','),
    FileType: text('csv (the default), xlsx, xml or json.', 'csv'),
    DryRun: flag('Reports what would be taken, and takes nothing.'),
    Custom: flag('Has no effect.'),
  },
);

const DocumentFinding = named(
  'DocumentFinding',
  'What is wrong, and where.',
  {},
  { Field: text('Path, row and column, or segment and element.'), Message: text(), Next: text() },
);

const ImportedDocument = named(
  'ImportedDocument',
  'What became of one document of a file.',
  {},
  {
    Type: text(undefined, 'Shipment'),
    Number: text("The sender's number of it.", 'S-1001'),
    LogicbrokerKey: text('Of the document that was stored, or is there already.', '1002'),
    Errors: Type.Array(Type.String(), { description: 'Why it was not taken; in sentences.' }),
    Reason: text('Kind of the error.', 'invalid-document'),
    Details: listOf(DocumentFinding),
  },
);

const DocumentImport = named(
  'DocumentImport',
  'A file of documents, and what became of it.',
  {},
  {
    ImportId: int32(),
    Type: text('What it is to hold.', 'Shipment'),
    State: text(
      'created: its file is waited for; received: stored, and read soon; taken, partly-taken, refused; tried: a dry run; ' +
        'duplicate: an interchange that came before; held: an interchange whose number came before with another content.',
    ),
    Via: text('http, sftp or sftp-client.', 'http'),
    Format: text('csv, xlsx, xml, json or x12.', 'csv'),
    FileName: text(),
    DryRun: flag(),
    Documents: int32('In the file.'),
    Taken: int32('Stored, or known already.'),
    Refused: int32('Of which nothing was taken.'),
    Reason: text('Why nothing of the file was taken.'),
    Results: listOf(ImportedDocument, 'The first 100; Errors of the import has all that were not taken.'),
    ReceivedAt: dateTime(),
    FinishedAt: dateTime(),
  },
);

export const DocumentImportMessage = messageOf('DocumentImport', ref(DocumentImport));
export const DocumentImportErrorsMessage = messageOf('ImportedDocument.List', listOf(ImportedDocument));

export const documentFileSchemas: Named[] = [
  LBSearchFilter,
  DocumentExportRequest,
  DocumentImportRequest,
  DocumentFinding,
  ImportedDocument,
  DocumentImport,
  DocumentImportMessage,
  DocumentImportErrorsMessage,
];
