/** How a copy goes that is in no kind's own tables (DocumentKind.personal). */
interface PersonalCopy {
  /** `table.column`, as it is tagged in prisma/schema. */
  column: string;
  /** `order`: with the order that it belongs to. `age`: after as many days as the company keeps buyers. */
  goes: 'order' | 'age';
  /** For people: what may stand in it, and how it goes where the days do not say it all. */
  holds: string;
}

/** Every column that may hold people, beside those of the document kinds. A test holds it against the tags in prisma/schema. */
export const personalCopies: readonly PersonalCopy[] = [
  {
    column: 'documents.body',
    goes: 'order',
    holds: 'the document as it is sent; rendered anew without the buyer',
  },
  { column: 'documents.error_message', goes: 'order', holds: 'why a document failed, in TikTok’s words' },
  {
    column: 'events.summary',
    goes: 'order',
    holds: 'the history; reports of an ERP about no document go by age',
  },
  { column: 'events.details', goes: 'order', holds: 'the same' },
  { column: 'events.additional', goes: 'order', holds: 'the same' },
  { column: 'outbox.last_error', goes: 'order', holds: 'what TikTok answered to a push' },
  { column: 'outbox.result', goes: 'order', holds: 'the same' },
  { column: 'outbox_attempts.message', goes: 'order', holds: 'what TikTok answered to each call' },
  { column: 'cancellations.reason_text', goes: 'order', holds: 'why an order was cancelled, in words' },
  { column: 'runs.error', goes: 'age', holds: 'what TikTok answered to a pull' },
  { column: 'flows.last_error', goes: 'age', holds: 'the same, of the last run' },
  { column: 'imports.file_name', goes: 'age', holds: 'what a file was called' },
  { column: 'imports.warnings', goes: 'age', holds: 'what was said of a file' },
  { column: 'imports.groups', goes: 'age', holds: 'the same of its rows, grouped' },
  { column: 'imports.reason', goes: 'age', holds: 'why a file was refused' },
  { column: 'import_findings.value', goes: 'age', holds: 'cells that could not be taken' },
  { column: 'import_findings.message', goes: 'age', holds: 'what was said of them' },
  { column: 'import_layouts.columns', goes: 'age', holds: 'headers that nobody has confirmed' },
  { column: 'blob_chunks.content', goes: 'age', holds: 'files; gone an hour after they were read' },
  { column: 'deliveries.content', goes: 'order', holds: 'documents as files, as they were delivered' },
  { column: 'deliveries.last_error', goes: 'order', holds: 'why a delivery failed' },
  { column: 'document_files.file_name', goes: 'age', holds: 'what a file of documents was called' },
  { column: 'document_files.content', goes: 'age', holds: 'files of documents; gone once they were read' },
  { column: 'document_files.results', goes: 'age', holds: 'what was said of the documents of a file' },
  { column: 'document_files.reason', goes: 'age', holds: 'why a file of documents was refused' },
  {
    column: 'idempotency_keys.response',
    goes: 'age',
    holds: 'answers under an Idempotency-Key; gone after a day',
  },
];
