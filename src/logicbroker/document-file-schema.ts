import { Type } from 'typebox';
import { dateTime, int32, named, ref, text, type Named } from './schema.js';
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

export const documentFileSchemas: Named[] = [LBSearchFilter, DocumentExportRequest];
